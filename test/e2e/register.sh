# SPDX-License-Identifier: BSD-2-Clause
#
# register - what vmnctl changes is answered by the running box in a second

. "$TOP/test/e2e/lib.sh"
usual ''
vmn() { "$BUILD/hlr/vmnctl" --db "$T/register.db" "$@" >>"$T/vmnctl.log" 2>&1; }
new=447700900777
ask() { drive --sri-only "$@" $new; }

shows HL-02
verify unknown ask --expect error:1
verify add vmn add $new
within 2 ask --expect ok
verify added-is-found ask --expect ok
verify bar vmn add --replace --status barred $new
within 2 ask --expect error:13
verify barred ask --expect error:13
verify del vmn del $new
within 2 ask --expect error:1
verify deleted-is-unknown ask --expect error:1
shows FM-04
verify unknown-imsi drive --fsm-only --imsi 234150000000009 \
    --msc 447700970777 --expect error:5
