# A font's text (font8x16.txt) as assembler bytes: 256 glyphs of `height` rows each, or it fails.  With alternates=1 the
# glyphs are some, each with its code before it, and a 0 ends them (alternates9x16.txt).
function value(row,   v, i) {
    v = 0
    for (i = 1; i <= 8; i++) v = 2 * v + (substr(row, i, 1) == "#")
    return v
}
/^;/ || /^$/ { next }
/^[0-9A-F][0-9A-F]$/ {
    if (glyphs && rows != height) bad = 1
    if (alternates) printf "    .byte 0x%s\n", $0
    else if ($0 != sprintf("%02X", glyphs)) bad = 1
    glyphs++
    rows = 0
    next
}
/^[.#]+$/ && length($0) == 8 { printf "    .byte 0x%02x\n", value($0); rows++; next }
{ bad = 1 }
END {
    if (bad || (!alternates && glyphs != 256) || rows != height) {
        print "mkfont: " FILENAME ": wants " (alternates ? "" : "256 ") "glyphs of " height " rows of 8 dots" > "/dev/stderr"
        exit 1
    }
    if (alternates) print "    .byte 0"
}
