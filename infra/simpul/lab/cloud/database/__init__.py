"""The databases that stand behind RDS and Tair.

`backing` is what the cloud asks for; `postgres` and `redis` make it of Debian's servers, `access` says who gets in.
"""
