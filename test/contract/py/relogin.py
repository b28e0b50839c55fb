"""Reads twice; between, waits for a line on stdin: its session ends there, and the client must log in again by itself.

usage: relogin.py flasharray|flashblade ENDPOINT API_TOKEN VERSION
"""
import importlib
import sys

family, endpoint, token, version = sys.argv[1:5]
client = importlib.import_module(f"pypureclient.{family}").Client(endpoint, api_token=token, version=version)
print(client.get_arrays().status_code, flush=True)
sys.stdin.readline()
print(client.get_arrays().status_code, flush=True)
