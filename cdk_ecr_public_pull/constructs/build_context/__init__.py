"""The folders that images are built from: their files, and a copy of them."""
