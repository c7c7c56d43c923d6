package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// newLogKey prints the secret key of a log and, on a line of its own, the key that verifies it.
func newLogKey(origin string, out io.Writer) error {
	secret, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n%s\n", secret, public)
	return err
}

// aLog is a log as golang.org/x/mod keeps one.
type aLog struct {
	signer note.Signer
	hashes []tlog.Hash
	size   int64
}

func (l *aLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for n, index := range indexes {
		found[n] = l.hashes[index]
	}
	return found, nil
}

func (l *aLog) grow(size int64, entry string) error {
	for ; l.size < size; l.size++ {
		more, err := tlog.StoredHashes(l.size, fmt.Appendf(nil, "%s %d", entry, l.size), l)
		if err != nil {
			return err
		}
		l.hashes = append(l.hashes, more...)
	}
	return nil
}

// submit offers the head of the log to a witness, from the size it is believed to hold.
func (l *aLog) submit(url string, old int64) (status int, answer []byte, head []byte, err error) {
	root, err := tlog.TreeHash(l.size, l)
	if err != nil {
		return
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", l.signer.Name(), l.size, base64.StdEncoding.EncodeToString(root[:]))
	if head, err = note.Sign(&note.Note{Text: text}, l.signer); err != nil {
		return
	}
	var proof tlog.TreeProof
	if old > 0 && old < l.size {
		if proof, err = tlog.ProveTree(l.size, old, l); err != nil {
			return
		}
	}
	var body strings.Builder
	fmt.Fprintf(&body, "old %d\n", old)
	for _, hash := range proof {
		fmt.Fprintln(&body, base64.StdEncoding.EncodeToString(hash[:]))
	}
	fmt.Fprintf(&body, "\n%s", head)
	response, err := http.Post(url+"/add-checkpoint", "text/plain; charset=utf-8", strings.NewReader(body.String()))
	if err != nil {
		return
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, head, err
}

// askWitness submits a log that grows over the edges of tiles, and then what a witness refuses.
func askWitness(url, secret, witnessKey string) error {
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	witness, err := torchwood.NewCosignatureVerifier(witnessKey)
	if err != nil {
		return err
	}
	log := &aLog{signer: signer}
	for old := int64(0); ; old = log.size {
		size := map[int64]int64{0: 1, 1: 2, 2: 255, 255: 256, 256: 257, 257: 700}[old]
		if size == 0 {
			break
		}
		if err := log.grow(size, "entry"); err != nil {
			return err
		}
		status, answer, head, err := log.submit(url, old)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("from %d to %d: %d %s", old, size, status, answer)
		}
		// The cosignature stands under the head, by the rules of others.
		if _, err := note.Open(append(bytes.Clone(head), answer...), note.VerifierList(witness)); err != nil {
			return fmt.Errorf("the answer for %d: %w", size, err)
		}
	}
	if status, answer, _, err := log.submit(url, 256); err != nil {
		return err
	} else if held, _ := strconv.ParseInt(strings.TrimSuffix(string(answer), "\n"), 10, 64); status != http.StatusConflict || held != log.size {
		return fmt.Errorf("from a size it has left: %d %s", status, answer)
	}
	for _, size := range []int64{700, 900} {
		fork := &aLog{signer: signer}
		if err := fork.grow(size, "another"); err != nil {
			return err
		}
		if status, answer, _, err := fork.submit(url, 700); err != nil {
			return err
		} else if status != http.StatusUnprocessableEntity {
			return fmt.Errorf("another history of size %d: %d %s", size, status, answer)
		}
	}
	return nil
}
