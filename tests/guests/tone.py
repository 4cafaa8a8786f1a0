# tone.py FILE FROM TO HZ...: amplitudes of these frequencies in both channels between two seconds of a WAV file, a line each: HZ LEFT RIGHT.
import array, math, sys, wave

def strength(samples, hz, rate):
    """Amplitude of a sine in samples of one channel (Goertzel's algorithm)."""
    c, before, previous = 2 * math.cos(2 * math.pi * hz / rate), 0.0, 0.0
    for v in samples:
        before, previous = previous, v + c * previous - before
    return 2 * math.sqrt(abs(previous * previous + before * before - c * previous * before)) / max(len(samples), 1)

if __name__ == "__main__":
    file = wave.open(sys.argv[1])
    assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
    rate, samples = file.getframerate(), array.array("h", file.readframes(file.getnframes()))
    first, last = int(float(sys.argv[2]) * rate), int(float(sys.argv[3]) * rate)
    for hz in map(float, sys.argv[4:]):
        print("%g %.0f %.0f" % (hz, *(strength(samples[2 * first + channel:2 * last + channel:2], hz, rate) for channel in (0, 1))))
