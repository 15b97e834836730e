"""Catalogs of image names, read as package data."""
