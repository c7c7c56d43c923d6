package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

// A claim is about inclusion if it has a leaf, and about consistency if it has none.
type claim struct {
	Leaf        []byte
	Index, Size uint64
	Root        []byte
	Smaller     uint64
	Larger      uint64
	SmallerRoot []byte
	LargerRoot  []byte
	Proof       [][]byte
}

// judgeTreeProofs writes one line for each claim: "true" if it is believed.
func judgeTreeProofs(claims io.Reader, verdicts io.Writer) error {
	decoder := json.NewDecoder(bufio.NewReader(claims))
	for {
		var c claim
		if err := decoder.Decode(&c); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		var err error
		if c.Leaf != nil {
			err = proof.VerifyInclusion(rfc6962.DefaultHasher, c.Index, c.Size, c.Leaf, c.Proof, c.Root)
		} else {
			err = proof.VerifyConsistency(rfc6962.DefaultHasher, c.Smaller, c.Larger, c.Proof, c.SmallerRoot, c.LargerRoot)
		}
		if _, err := fmt.Fprintln(verdicts, err == nil); err != nil {
			return err
		}
	}
}
