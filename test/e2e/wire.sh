# SPDX-License-Identifier: BSD-2-Clause
#
# wire - every shape of dialogue, and tshark has nothing to say against what
# the box sends

. "$TOP/test/e2e/lib.sh"
usual default
long='ok Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris'
n=0
shape() {
    name=$1
    shift
    n=$((n + 1))
    verify "$name" drive --pcap "$T/$n.pcap" "$@" $VMN
    bad=$(tshark -r "$T/$n.pcap" -Y '_ws.malformed ||
        _ws.expert.severity == "Error"' 2>/dev/null)
    verify "$name-tshark" [ -z "$bad" ]
    [ -z "$bad" ] || echo "      $bad"
}
shows MA-01 FM-01
shape plain --text 'ok plain'
shape v1 --map-version 1 --text 'ok one'
shape v2 --map-version 2 --text 'ok two'
shows TP-06
shape ucs2 --text 'ok Привет'
shows TP-02
shape alphanumeric --from Company --text 'ok from a name'
shows
shape long-parts --text "$long"
shows FM-07
shape more-messages --more-messages --text "$long"
shows TC-14
shape handshake --handshake --text 'ok handshake'
shows SC-09
shape segmented --big --handshake --text "$long"
shows SC-05
shape on-ssn --route-on-ssn --text 'ok on ssn'
shows
shape unknown --sri-only --msisdn 447700900999 --expect any
shows TP-06
verify text-arrived logged app 'text=%00o%00k%00+%04%1F%04%40%048%042%045%04B'
shows TP-02
verify sender-arrived logged app 'from=Company'
