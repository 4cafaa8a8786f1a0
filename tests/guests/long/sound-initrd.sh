#!/bin/sh
# sound-initrd.sh FOLDER: Debian's i386 kernel (FOLDER/vmlinuz) and an initramfs (FOLDER/initrd.gz) with BusyBox, the drivers of the sound cards and OSS's interface to them.
# It plays 16-bit stereo (440 Hz left, 660 Hz right, 44100 Hz), 8-bit mono (1000 Hz, 11025 Hz) and the console's bell (750 Hz), a second apart, fetches a file meanwhile where there is a network card, says which interrupts came, WORK-OK, and switches off.
set -e
source=$(realpath "$(dirname "$0")")
. "$source/initrd.inc"
begin_folder i386 "$1"
make_root sh mount cat insmod grep sleep ls ip wget sha256sum poweroff
gcc -m32 -O1 -ffreestanding -nostdlib -static -fno-pie -no-pie -fno-stack-protector -o root/bin/dsp_play "$source/dsp_play.c"
python3 - << 'P'
import array, math
wave = lambda hz, rate, n, size: size * math.sin(2 * math.pi * hz * n / rate)
array.array("h", [round(wave(440 + 220 * (i & 1), 44100, i >> 1, 8000)) for i in range(2 * 44100)]).tofile(open("root/lib/stereo", "wb"))
open("root/lib/mono", "wb").write(bytes(round(128 + wave(1000, 11025, n, 40)) for n in range(11025)))
P
for module in pcspkr snd-pcm-oss snd-mixer-oss snd-sb16 snd-ens1370 analog ns558 ne2k-pci; do load $module; done
cat > root/init <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in $(cat /lib/order); do
    case $module in snd-sb16) insmod /lib/$module.ko isapnp=0 port=0x220 irq=5 dma8=1 dma16=5 mpu_port=0x330 fm_port=0x388 ;; *) insmod /lib/$module.ko ;; esac
done
cat /proc/asound/cards
if [ -e /sys/class/net/eth0 ]; then                      # meanwhile it fetches a file from the virtual network
    ip link set eth0 up; ip addr add 192.168.10.15/24 dev eth0
    (wget -q -O /tmp/file http://192.168.10.1/file; sha256sum /tmp/file) &
fi
echo "START $(cat /proc/uptime)"
dsp_play /dev/dsp 16 2 44100 < /lib/stereo && echo STEREO-OK
sleep 1
dsp_play /dev/dsp 8 1 11025 < /lib/mono && echo MONO-OK
sleep 1
printf '\a' > /dev/tty0
sleep 1
grep -a Analog /proc/bus/input/devices
grep -iE 'sb16|ens1370|soundblaster|audiopci' /proc/interrupts /proc/dma
wait
echo WORK-OK
sleep 1
poweroff -f
I
pack_root
