"""Makes a fresh checkout ready: Python packages in `.venv`, Appium in `drivers/appium/node_modules`.

Runs on the standard library of any Python >= 3.12, because nothing is installed yet when it starts.
"""
