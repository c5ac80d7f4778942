# SPDX-License-Identifier: BSD-2-Clause
#
# replies - confirm = reply on stock smsbox: what the application answers
# decides what the SMSC is told, and no reply leaves as a message

. "$TOP/test/e2e/lib.sh"
usual 'slow 500 404 201 204 empty json refused'

# outcome NAME EXPECTATION [ARGUMENT]...
outcome() {
    name=$1 expect=$2
    shift 2
    verify "$name" drive --text "$name x" --expect "$expect" "$@" $VMN
}
shows FM-02 FM-03
outcome ok ok
outcome slow ok --expect-after 2900
outcome empty ok
outcome json ok
outcome 500 error:34
outcome 404 error:34
outcome 201 error:34
outcome 204 error:34
outcome refused error:34
outcome nothing error:34 # no such service
shows MA-01 FM-01
for v in 1 2 3; do
    verify "version-$v" drive --map-version $v --text "ok v$v" $VMN
    verify "version-$v-fails" drive --map-version $v --text "500 v$v" \
        --expect error:34 $VMN
done
shows
verify application-was-asked [ "$(count app '"url"')" -ge 12 ]
# what smsbox sent as replies was swallowed, not refused and not relayed
shows KB-12
verify no-reply-leaks [ "$(grep -c 'refused' "$T/box.log")" = 0 ]
