package main

import (
	"encoding/hex"
	"fmt"
	"os"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

func verifyProof(policyFile, proofFile, leaf string) error {
	text, err := os.ReadFile(policyFile)
	if err != nil {
		return err
	}
	policy, err := torchwood.ParsePolicy(text)
	if err != nil {
		return err
	}
	proof, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	hash, err := hex.DecodeString(leaf)
	if err != nil || len(hash) != tlog.HashSize {
		return fmt.Errorf("not a leaf hash: %s", leaf)
	}
	return torchwood.VerifyProof(policy, tlog.Hash(hash), proof)
}
