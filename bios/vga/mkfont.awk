# A font's text (font8x16.txt) as assembler bytes: 256 glyphs of `height` rows each, or it fails.
function value(row,   v, i) {
    v = 0
    for (i = 1; i <= 8; i++) v = 2 * v + (substr(row, i, 1) == "#")
    return v
}
/^;/ || /^$/ { next }
/^[0-9A-F][0-9A-F]$/ {
    if (glyphs && rows != height) bad = 1
    if ($0 != sprintf("%02X", glyphs++)) bad = 1
    rows = 0
    next
}
/^[.#]+$/ && length($0) == 8 { printf "    .byte 0x%02x\n", value($0); rows++; next }
{ bad = 1 }
END {
    if (bad || glyphs != 256 || rows != height) {
        print "mkfont: " FILENAME ": wants 256 glyphs of " height " rows of 8 dots" > "/dev/stderr"
        exit 1
    }
}
