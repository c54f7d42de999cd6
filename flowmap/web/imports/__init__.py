"""Bringing files in on the page: what was dropped, what it is taken for, and the build, in a process of its own.

`desk` has all imports of a server, `session` one of them, `home` the folders on disk. Those speak for the server.
`worker` is the other process; `looking`, `preview`, `reading` and `building` run in it, and know nothing of Flask.
"""
