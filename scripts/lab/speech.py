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


# What an ear must hear of what was said, by the codecs between.
EXACT = {"stoi": 0.99, "fw_snr": 22, "dropout_ms": 20, "gain_db": 0.3}
WIDE = {"stoi": 0.99, "fw_snr": 18, "dropout_ms": 20, "gain_db": 0.5}
OPUS = {"stoi": 0.97, "fw_snr": 15, "dropout_ms": 40, "gain_db": 0.5}
G729 = {"stoi": 0.89, "fw_snr": 9, "dropout_ms": 60, "gain_db": 4}  # the codec itself takes 2 to 3 dB


def within(figures, limits):
    """What is wrong with these figures, in words; empty if nothing is."""
    if figures is None:
        return "nothing was heard"
    wrong = [f"{name} {figures[name]:.3f} below {limits[name]}" for name in ("stoi", "fw_snr")
             if figures[name] < limits[name]]
    if figures["dropout_ms"] > limits["dropout_ms"]:
        wrong.append(f"dropout_ms {figures['dropout_ms']} above {limits['dropout_ms']}")
    if abs(figures["gain_db"]) > limits["gain_db"]:
        wrong.append(f"gain_db {figures['gain_db']:.2f} beyond {limits['gain_db']}")
    return ", ".join(wrong)


def judge(label, speaker, listener, limits):
    """Compares what one phone said with what the other heard and prints the figures; what is wrong, as a list. Without
    limits something must have been heard."""
    figures = compare(speaker.said, listener.heard)
    if figures:
        print(f"{label}: stoi {figures['stoi']:.3f} fw_snr {figures['fw_snr']:.1f} gain {figures['gain_db']:+.2f}"
              f" dropout {figures['dropout_ms']:.0f} ms")
    wrong = within(figures, limits) if limits or not figures else ""
    return [f"{label}: {wrong}"] if wrong else []
