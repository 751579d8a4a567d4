"""Seeded defects: each module breaks one claim by replacing one function of the app when `apply()` is called.

`CLAIM` is the claim's number (or the OAuth rule's), `WHAT` says in a few words what the defective app does. `ALSO`,
where there is one, names the claims that truly fall with it, each with its reason. The builder copies one module into
an app file, with `shared` where the module imports it; the app itself knows none of them.
"""
