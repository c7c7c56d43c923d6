/** What stands in the folder for whoever opens it without us. */
export const readmeOf = (origin: string, size: number): string => `${origin}
${size} 条记录 · entries

本目录是一个层级的全部事件记录，可脱离任何系统独立核验。
This folder is the whole ledger of one tier. It can be verified without any system of that tier.

checkpoint        签名的账本头 · the signed head of the ledger (C2SP tlog-checkpoint, signed-note)
policy            须有谁的签名 · whose signatures make it one (C2SP tlog-policy)
keys              业务服务的公钥 · the keys of the services that write events
tile/entries/...  事件原文 · the events, 256 a file, each after its length in two bytes
tile/0, tile/1... 哈希块 · the tree over them (C2SP tlog-tiles, RFC 6962, SHA-256)
seals/...         提交签名 · who wrote each event, and earlier heads that witnesses saw
case-index/...    案卷索引 · each case: which events the tier holds, in which order

请先从别处取得 policy 与 keys，再与本目录比对。
Get policy and keys from somewhere else first, and compare them with those here.

核验 · to verify, with our program:
    liandong audit verify .

不用我们的程序，核验签名 · without it, the log's signature, with a shell and openssl:
    work=$(mktemp -d)
    vkey=$(awk '$1 == "log" { print $2; exit }' policy)
    { printf MCowBQYDK2VwAyEA | base64 -d
      printf %s "\${vkey#*+*+}" | base64 -d | tail -c 32; } > "$work/log.der"
    awk '/^$/ { exit } { print }' checkpoint > "$work/signed"
    awk -v name="\${vkey%%+*}" '$2 == name { print $3; exit }' checkpoint |
      base64 -d | tail -c 64 > "$work/signature"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/log.der" \\
      -rawin -in "$work/signed" -sigfile "$work/signature"

第一条事件的叶哈希 · the hash of the first event, which is the first 32 bytes of its tile:
    first=tile/entries/000
    [ -f "$first" ] || first=$(ls tile/entries/000.p/*)
    length=$(od -An -tu1 -N2 "$first" | awk '{ print $1 * 256 + $2 }')
    { printf '\\000'; tail -c +3 "$first" | head -c "$length"; } | sha256sum
`;
