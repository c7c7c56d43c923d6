package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

// verifyLog believes the key alone. Every hash it uses is authenticated by tlog against the
// signed root, and every entry against such a hash; tiles nobody asked for are read as well.
func verifyLog(folder, vkey string) error {
	head, err := openHead(filepath.Join(folder, "checkpoint"), vkey)
	if err != nil {
		return err
	}
	files := tileFiles{folder}
	hashes := tlog.TileHashReader(head, files)
	root, err := tlog.TreeHash(head.N, hashes)
	if err != nil {
		return err
	}
	if root != head.Hash {
		return fmt.Errorf("the tiles have root %v, the checkpoint %v", root, head.Hash)
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, head.N) {
		if err := verifyTile(tile, files, hashes); err != nil {
			return err
		}
	}
	for first := int64(0); first < head.N; first += tileWidth {
		if err := verifyBundle(folder, first, min(head.N-first, tileWidth), hashes); err != nil {
			return err
		}
	}
	fmt.Printf("%d entries\n", head.N)
	return nil
}

func openHead(file, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	bytes, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(bytes, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	// tlog.ParseTree reads one log's own first line only; the two lines after it are the same.
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("a checkpoint of %q under the key of %q", origin, verifier.Name())
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

// tileFiles reads tiles at their C2SP paths, which have no height in them.
type tileFiles struct{ folder string }

func (tileFiles) Height() int { return tileHeight }

func (files tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, 0, len(tiles))
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(files.folder, filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		if len(bytes) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", path, len(bytes))
		}
		all = append(all, bytes)
	}
	return all, nil
}

func (tileFiles) SaveTiles([]tlog.Tile, [][]byte) {}

func verifyTile(tile tlog.Tile, files tileFiles, hashes tlog.HashReader) error {
	stored, err := files.ReadTiles([]tlog.Tile{tile})
	if err != nil {
		return err
	}
	proven, err := tlog.ReadTileData(tile, hashes)
	if err != nil {
		return err
	}
	if string(stored[0]) != string(proven) {
		return fmt.Errorf("%s is not the proven tile", tile.Path())
	}
	return nil
}

func verifyBundle(folder string, first, width int64, hashes tlog.HashReader) error {
	tile := tlog.Tile{H: tileHeight, L: -1, N: first / tileWidth, W: int(width)}
	path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
	bundle, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(path)))
	if err != nil {
		return err
	}
	indexes := make([]int64, width)
	for n := range indexes {
		indexes[n] = tlog.StoredHashIndex(0, first+int64(n))
	}
	proven, err := hashes.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for n := range indexes {
		if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
			return fmt.Errorf("%s ends in entry %d", path, first+int64(n))
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		if tlog.RecordHash(bundle[2:end]) != proven[n] {
			return fmt.Errorf("%s: entry %d is not the proven one", path, first+int64(n))
		}
		bundle = bundle[end:]
	}
	if len(bundle) > 0 {
		return fmt.Errorf("%s goes on after its last entry", path)
	}
	return nil
}
