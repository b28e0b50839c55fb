"""Reads twice; between, waits for a line on stdin: its session ends there, and the client must log in again by itself.

usage: relogin.py ENDPOINT API_TOKEN
"""
import sys

from pypureclient import flasharray

client = flasharray.Client(sys.argv[1], api_token=sys.argv[2], version="2.26")
print(client.get_arrays().status_code, flush=True)
sys.stdin.readline()
print(client.get_arrays().status_code, flush=True)
