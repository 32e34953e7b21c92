"""Data sets: LMDB, LevelDB, HDF5, lists of images, and what happens to an image on its way."""
