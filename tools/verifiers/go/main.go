// Judges what libs/ledger writes with programs nobody here wrote.
//
//	verifier log <folder> <vkey>           opens the checkpoint, authenticates every tile and entry
//	verifier proof <policy> <proof> <leaf> checks a tlog-proof under a policy; the leaf in hex
//	verifier tree                          judges tree proofs, one JSON object a line on stdin
//	verifier key <origin>                  makes a log's key: the secret one, and the one to verify with
//	verifier submit <url> <secret> <vkey>  submits a log to the witness of that key, as C2SP has it
//
// Ends with 0 if all is well, with 1 and the reason if it is not.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "log":
		return verifyLog(args[1], args[2])
	case len(args) == 4 && args[0] == "proof":
		return verifyProof(args[1], args[2], args[3])
	case len(args) == 1 && args[0] == "tree":
		return judgeTreeProofs(os.Stdin, os.Stdout)
	case len(args) == 2 && args[0] == "key":
		return newLogKey(args[1], os.Stdout)
	case len(args) == 4 && args[0] == "submit":
		return askWitness(args[1], args[2], args[3])
	}
	return errors.New("usage: verifier log <folder> <vkey> | proof <policy> <proof> <leaf> | tree | key <origin> | submit <url> <secret> <vkey>")
}
