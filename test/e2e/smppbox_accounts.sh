# SPDX-License-Identifier: BSD-2-Clause
#
# smppbox_accounts - accounts of the register: made, changed and deleted while
# smppbox runs; passwords of which only hashes are kept; a boxc-id that nobody
# had used; and the database away

. "$TOP/test/e2e/lib.sh"
. "$TOP/test/e2e/smpp_lib"
perl -MNet::SMPP -e 1 2>/dev/null || skip "libnet-smpp-perl is not installed"
db() { "$TOP/test/mariadb" "$1" "$T/my"; }
db start
case $? in
0) trap 'db kill; finish' EXIT ;;
77) skip "there is no mariadbd" ;;
*) fail set-up "MariaDB does not start"; exit 1 ;;
esac
sql() { mariadb --no-defaults -uroot -S "$T/my/sock" sigtran -e "$1"; }
vmn() { "$BUILD/hlr/vmnctl" -f "$T/box.conf" "$@" >>"$T/vmnctl.log" 2>&1; }
account() { printf '%s\n' "$PASSWORD" | vmn account "$@"; }
connection() {
    cat <<END

group = mysql-connection
id = register
host = $T/my/sock
username = sigtran
password = secret
database = sigtran
connect-timeout = 1
query-timeout = 2
END
}
stp stp $STP
box_conf
sed -i "s|^register-type.*|register-type = mysql\nregister-snapshot = $T/snapshot|
    /^register-file/d" "$T/box.conf"
cat >>"$T/box.conf" <<END
smsbox-id = apps

group = route
id = more
confirm = app
vmn-prefix = 4477009008
smsbox-id = more
END
connection >>"$T/box.conf"
MORE=447700900801
vmn migrate
vmn add $VMN
vmn add $MORE
box
cat >"$T/smppbox.conf" <<END
group = smppbox
smppbox-id = apps
bearerbox-port = $BOXPORT
smppbox-interface = 127.0.0.1
smppbox-port = $SMPP
accounts = database
register-type = mysql
deadline = 4
response-timeout = 2
log-level = 0
log-file = $T/smppboxlog.log
END
connection >>"$T/smppbox.conf"

cat >"$T/esme.pl" <<'END'
use strict;
use Net::SMPP;
$| = 1;
my ($port, $id, $password, $stay) = @ARGV;
my ($smpp, $resp) = Net::SMPP->new_receiver('127.0.0.1', port => $port,
    system_id => $id, password => $password) or die "no bind\n";
print "bind ", $resp->{status}, "\n";
exit($resp->{status} == 0 ? 0 : 1) unless $stay;
while (my $pdu = $smpp->read_pdu()) {
    if ($pdu->{cmd} == Net::SMPP::CMD_deliver_sm) {
        print "deliver_sm $pdu->{destination_addr} $pdu->{short_message}\n";
        $smpp->deliver_sm_resp(seq => $pdu->{seq}, status => 0,
                               message_id => '');
    } elsif ($pdu->{cmd} == Net::SMPP::CMD_enquire_link) {
        $smpp->enquire_link_resp(seq => $pdu->{seq});
    } elsif ($pdu->{cmd} == Net::SMPP::CMD_unbind) {
        $smpp->unbind_resp(seq => $pdu->{seq});
        print "unbind\n";
        last;
    }
}
END
# tries ID PASSWORD STATUS: a bind is answered so
tries() {
    perl "$T/esme.pl" $SMPP "$1" "$2" >"$T/try.log" 2>&1
    logged try "^bind $3\$"
}
# bound NAME ID PASSWORD: and stays
bound() {
    : >"$T/$1.log"
    start "$1" perl "$T/esme.pl" $SMPP "$2" "$3" stay
    within 5 logged "$1" '^bind 0$'
}
gets() { # BOX-ID: its connection takes messages
    need 10 "route $1" sh -c "tail -n 300 '$T/box.log' |
        grep -e '<$1>.*takes no messages' -e '<$1>.*takes messages again' \
            -e 'Box <$1>.*is ready' | tail -n 1 | grep -qv 'takes no'"
}
WRONG=14 AWAY=8

# ---- new accounts ----

start smppbox "$BUILD/gw/smppbox" -v 0 "$T/smppbox.conf"
need 10 smppbox listens 127.0.0.1 $SMPP
verify unknown within 5 tries app quartz7 $WRONG
PASSWORD=quartz7
shows SM-01
verify add account add app
verify new-within-5-s within 5 tries app quartz7 0
verify wrong-password tries app quartz8 $WRONG
verify hash-is-no-password tries app "$(sql 'SELECT password FROM
    smpp_account' | tail -n 1 | cut -c 1-8)" $WRONG
verify binds bound app app quartz7
shows
gets apps
verify message drive --text 'hello' $VMN
verify came logged app "deliver_sm $VMN hello"

# ---- a boxc-id that nobody had used ----

PASSWORD=garnet9
verify add-more account add more smsbox-id=more window=20
verify more-is-connected within 5 logged box 'Box <more>.*is ready'
verify more-binds bound more more garnet9
gets more
verify message-more drive --text 'to more' $MORE
verify came-more logged more "deliver_sm $MORE to more"
verify not-to-the-other sh -c "! grep -q 'to more' '$T/app.log'"

# ---- changes ----

verify change vmn account change app window=5
verify is-sent-away within 5 logged app '^unbind'
verify others-stay sh -c "! grep -q unbind '$T/more.log'"
verify binds-again bound app app quartz7
sql "UPDATE smpp_account SET charset = 'klingon' WHERE system_id = 'more'"
verify by-hand within 5 logged more '^unbind'
verify odd-is-told within 5 logged smppbox 'Account <more>: charset = <klingon>'
verify odd-cannot-bind tries more garnet9 $WRONG
sql "UPDATE smpp_account SET charset = NULL WHERE system_id = 'more'"
verify mended within 5 tries more garnet9 0
PASSWORD=garnet8
verify new-password account change --password more
verify old-password-fails within 5 tries more garnet9 $WRONG
verify new-password-counts within 5 tries more garnet8 0

# ---- without the database ----

gets apps
db stop
verify away-is-told within 10 logged smppbox 'those that are known go on'
verify message-without drive --sri-timeout 5000 --text 'without' $VMN
verify came-without logged app "deliver_sm $VMN without"
verify known-may-bind tries more garnet8 0
verify known-wrong tries more garnet7 $WRONG
verify unknown-for-now tries stranger x $AWAY
db start
verify back within 20 tries stranger x $WRONG

# ---- gone ----

verify del vmn account del app
verify deleted-is-sent-away within 5 logged app '^unbind'
verify deleted-cannot-bind within 5 tries app quartz7 $WRONG
verify more-still-binds tries more garnet8 0
stop smppbox
verify ends-well [ "$stopped" = 0 ]
verify no-secret-is-told sh -c "! grep -e quartz -e garnet -e scrypt \
    '$T/smppbox.log' '$T/smppboxlog.log' '$T/vmnctl.log'"
