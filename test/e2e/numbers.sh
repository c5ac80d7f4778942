# SPDX-License-Identifier: BSD-2-Clause
#
# numbers - national, international and unknown numbers of a network mean the
# same: the number that is asked about, and the sender that a URL gets

. "$TOP/test/e2e/lib.sh"
usual ''
ask() { drive --sri-only "$@"; }
shows MA-06
verify asked-international ask $VMN
verify asked-national ask --number-nai 0xa1 7700900123
verify asked-unknown ask --number-nai 0x81 $VMN
verify asked-unknown-00 ask --number-nai 0x81 0044${VMN#44}
verify asked-unknown-0 ask --number-nai 0x81 0${VMN#44}
verify national-is-not-international ask --expect error:1 7700900123
verify international-is-not-national ask --number-nai 0xa1 --expect error:1 $VMN

shows KB-03
# sender NAME OCTETS TEXT: SMS-DELIVER "ok" from this TP-OA, and its %p
minute=10
sender() {
    minute=$((minute + 1))
    verify "from-$1" drive --tpdu "04${2}0000621020${minute}00000002ef35" $VMN
    verify "from-$1-in-the-url" within 3 logged app "from=$3&"
}
sender international 0c91447700090011 %2B447700900011
sender national 0aa17700090021 %2B447700900012
sender unknown-00 0e8100447700090031 %2B447700900013
sender short-code 05812143f5 12345

shows MA-06
# other prefixes, for a network where 011 and 1 stand before a number
stop box
sed -i 's/^country-code.*/&\ninternational-prefix = 011\nnational-prefix = 1/' \
    "$T/box.conf"
: >"$T/box.log"
box
verify asked-by-another-prefix ask --number-nai 0x81 011$VMN
verify asked-by-another-national-prefix ask --number-nai 0x81 1${VMN#44}
verify the-old-prefix-is-none ask --number-nai 0x81 --expect error:1 0${VMN#44}
