"""A PNG that shows what each end said and the other heard, one above the other."""

import wave

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np


def read(path):
    with wave.open(path) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32768
    return samples.reshape(-1, channels).mean(axis=1), rate


def draw(path, title, directions, seconds):
    """directions: (label said, wav said, label heard, wav heard, delay in s of heard behind said, caption)."""
    figure, axes = plt.subplots(4, 1, figsize=(12, 9), sharex=True, constrained_layout=True)
    figure.suptitle(title)
    for index, (said_label, said, heard_label, heard, delay, caption) in enumerate(directions):
        for row, (label, wav, shift, colour) in enumerate(
                [(said_label, said, 0.0, "tab:blue"), (heard_label, heard, delay, "tab:orange")]):
            axis = axes[2 * index + row]
            samples, rate = read(wav)
            time = np.arange(len(samples)) / rate - shift
            window = (time >= 0) & (time <= seconds)
            axis.plot(time[window], samples[window], linewidth=0.3, color=colour)
            axis.set_ylim(-1, 1)
            axis.set_ylabel(label)
            axis.set_yticks([])
        axes[2 * index + 1].set_title(caption, fontsize=9)
    axes[-1].set_xlabel("seconds of speech (what was heard is shifted back by its delay)")
    figure.savefig(path, dpi=80)
    plt.close(figure)
