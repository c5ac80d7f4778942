# SPDX-License-Identifier: BSD-2-Clause
#
# refused - what must not start ends with a message and status 1

. "$TOP/test/e2e/lib.sh"
box=$BUILD/sigtran-box/sigtran-box
stp stp $STP
box_conf
register $VMN
box

# refused NAME PATTERN: $T/NAME.conf is refused, for a reason that is told
refused() {
    timeout 20 "$box" -v 0 "$T/$1.conf" >"$T/$1.log" 2>&1
    verify "$1" [ $? = 1 ]
    verify "$1-told" logged "$1" "$2"
}
sed 's/box.log/second.log/' "$T/box.conf" >"$T/second-box-on-a-port.conf"
refused second-box-on-a-port '13441'
sed 's/^network = home/network = hme/; s/^confirm = .*/confirm = perhaps/' \
    "$T/box.conf" >"$T/bad-values.conf"
refused bad-values '<hme>\|hme'
shows KB-10
verify every-error-at-once logged bad-values perhaps
sed 's/^mcc-mnc/mmc-mnc/' "$T/box.conf" >"$T/unknown-key.conf"
refused unknown-key 'mmc-mnc'
shows
echo x >"$T/notadb"
sed "s|^register-file.*|register-file = $T/notadb|; s/13441/13449/" \
    "$T/box.conf" >"$T/broken-register.conf"
refused broken-register 'notadb'
sed 's|^roles.*|&\nmtpd-path = /nonexistent/mtpd|; s/13441/13449/' \
    "$T/box.conf" >"$T/no-mtpd.conf"
refused no-mtpd 'mtpd-path'
