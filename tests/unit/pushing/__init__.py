"""Tests of the server, part by part."""
