# tone.py FILE FROM TO HZ...: amplitudes of these frequencies in both channels between two seconds of a WAV file (Goertzel's algorithm),
# a line each: HZ LEFT RIGHT.
import array, math, sys, wave
file = wave.open(sys.argv[1])
assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
rate, samples = file.getframerate(), array.array("h", file.readframes(file.getnframes()))
first, last = int(float(sys.argv[2]) * rate), min(int(float(sys.argv[3]) * rate), len(samples) // 2)
for hz in map(float, sys.argv[4:]):
    line = []
    for channel in 0, 1:
        c, before, previous = 2 * math.cos(2 * math.pi * hz / rate), 0.0, 0.0
        for v in samples[2 * first + channel:2 * last + channel:2]:
            before, previous = previous, v + c * previous - before
        line.append(2 * math.sqrt(abs(previous * previous + before * before - c * previous * before)) / max(last - first, 1))
    print("%g %.0f %.0f" % (hz, *line))
