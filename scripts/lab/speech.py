"""How close what was heard is to what was said: a thin wrapper of scripts/quality/speechq.py."""

import json
import os
import subprocess

SPEECHQ = os.path.join(os.path.dirname(__file__), "..", "quality", "speechq.py")


def compare(said, heard, rate=8000):
    """Figures of speechq (stoi, fw_snr, gain_db, dropout_ms, ...), or None when nothing was heard."""
    if not os.path.exists(heard) or os.path.getsize(heard) < 2000:
        return None
    done = subprocess.run(["/usr/bin/python3", SPEECHQ, said, heard, "--rate", str(rate), "--json"],
                          capture_output=True, text=True, timeout=120)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        return None
