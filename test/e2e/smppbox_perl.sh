# SPDX-License-Identifier: BSD-2-Clause
#
# smppbox_perl - Debian's libnet-smpp-perl as ESME

. "$TOP/test/e2e/lib.sh"
. "$TOP/test/e2e/smpp_lib"
perl -MNet::SMPP -e 1 2>/dev/null || skip "libnet-smpp-perl is not installed"
stp stp $STP
box_conf
register $VMN
box
smppbox_conf
smppbox
cat >"$T/esme.pl" <<'END'
use strict;
use Net::SMPP;
$| = 1;
my ($smpp, $resp) = Net::SMPP->new_receiver('127.0.0.1', port => $ARGV[0],
    system_id => 'app', password => 'secret') or die "no bind\n";
print "bind ", $resp->{status}, "\n";
while (my $pdu = $smpp->read_pdu()) {
    if ($pdu->{cmd} == Net::SMPP::CMD_deliver_sm) {
        print "deliver_sm $pdu->{source_addr} $pdu->{destination_addr} ",
            "$pdu->{short_message}\n";
        my $status = $pdu->{short_message} =~ /^perm/ ? 0x65 : 0;
        $smpp->deliver_sm_resp(seq => $pdu->{seq}, status => $status,
                               message_id => '');
    } elsif ($pdu->{cmd} == Net::SMPP::CMD_enquire_link) {
        $smpp->enquire_link_resp(seq => $pdu->{seq});
        print "enquire_link\n";
    } elsif ($pdu->{cmd} == Net::SMPP::CMD_unbind) {
        $smpp->unbind_resp(seq => $pdu->{seq});
        print "unbind\n";
        last;
    }
}
END
start perl perl "$T/esme.pl" $SMPP
shows SM-01
need 10 "the ESME" logged perl '^bind 0'
sleep 0.5
shows SM-02 SM-03
verify ok drive --text 'ok hello' $VMN
verify came logged perl 'deliver_sm 447700900001 447700900123 ok hello'
verify permanent drive --text 'perm' --expect error:32 $VMN
shows SM-05
stop smppbox
verify is-asked-to-unbind within 5 logged perl '^unbind'
