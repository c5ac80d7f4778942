# SPDX-License-Identifier: BSD-2-Clause
#
# httpbox_tls - applications behind TLS: who is trusted, HTTP/2, certificates
# of clients; and TLS between httpbox and sigtran-box

CONFIRM=app
. "$TOP/test/e2e/lib.sh"
[ -x /usr/sbin/nginx ] || {
    echo "skip  httpbox_tls: nginx is not installed"
    exit 0
}
# cert NAME SUBJECT-ALT-NAME [CA]: $T/NAME.pem and $T/NAME.key
cert() {
    printf 'subjectAltName = %s\n' "$2" >"$T/ext"
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$T/$1.key" \
        -out "$T/$1.csr" 2>>"$T/openssl.log"
    openssl x509 -req -in "$T/$1.csr" -CA "$T/ca.pem" -CAkey "$T/ca.key" \
        -CAcreateserial -days 2 -extfile "$T/ext" -out "$T/$1.pem" \
        2>>"$T/openssl.log"
}
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=testca -days 2 \
    -keyout "$T/ca.key" -out "$T/ca.pem" 2>"$T/openssl.log"
cert good DNS:localhost,IP:127.0.0.1
cert other DNS:other.example
cert client DNS:client.example

mkdir "$T/tmp"
temp=''
for kind in client_body proxy fastcgi uwsgi scgi; do
    temp="$temp ${kind}_temp_path $T/tmp/$kind;"
done
server() { # PORT CERT OPTIONS [MORE]
    echo "server { listen 127.0.0.1:$1 ssl $3; ssl_certificate $T/$2.pem;
    ssl_certificate_key $T/$2.key; $4 location / { return 200 thanks; } }"
}
cat >"$T/nginx.conf" <<END
daemon off;
pid $T/nginx.pid;
error_log $T/nginx-error.log;
events { worker_connections 256; }
http {
$temp
log_format short '\$server_port \$server_protocol \$request_uri \$ssl_client_s_dn';
access_log $T/access.log short;
$(server 13581 good http2)
$(server 13582 other '')
$(server 13583 good '' "ssl_client_certificate $T/ca.pem; ssl_verify_client on;")
}
END

ca="ssl-ca-file = $T/ca.pem"
service() { # KEYWORD PORT [MORE-KEYS]
    printf '\ngroup = sms-service\nkeyword = %s\ncatch-all = true\n' "$1"
    printf 'get-url = "https://localhost:%s/?text=%%a"\n' "$2"
    [ -z "$3" ] || printf '%s\n' "$3"
}
{
    cat <<END
group = httpbox
bearerbox-port = $BOXPORT
bearerbox-port-ssl = yes
bearerbox-ca-file = $T/ca.pem
bearerbox-host = localhost
httpbox-id = apps
deadline = 3
END
    service trusted 13581 "$ca"
    service stranger 13581
    service careless 13581 'ssl-verify = no'
    service oldhttp 13581 "$ca
http-version = 1.1"
    service othername 13582 "$ca"
    service nocert 13583 "$ca"
    service mycert 13583 "$ca
ssl-client-cert-file = $T/client.pem
ssl-client-key-file = $T/client.key"
} >"$T/httpbox.conf"

stp stp $STP
box_conf
sed -i "s|^smsbox-port.*|&\nsmsbox-port-ssl = yes\n\
ssl-server-cert-file = $T/good.pem\nssl-server-key-file = $T/good.key|" \
    "$T/box.conf"
register $VMN
start nginx /usr/sbin/nginx -c "$T/nginx.conf"
need 10 nginx listens 127.0.0.1 13583
box
httpbox
verify the-box-is-connected-by-tls logged box 'Box connected from .* with TLS'

verify trusted-ca drive --text 'trusted a' --expect ok $VMN
verify http2 within 2 grep -q '13581 HTTP/2.0 /?text=trusted' "$T/access.log"
verify unknown-ca-is-temporary drive --text 'stranger a' --expect error:34 $VMN
verify the-reason-is-told logged httpbox 'stranger.*certificate'
verify unchecked-if-so-configured drive --text 'careless a' --expect ok $VMN
verify http1-if-so-configured drive --text 'oldhttp a' --expect ok $VMN
verify and-it-is within 2 grep -q 'HTTP/1.1 /?text=oldhttp' "$T/access.log"
verify wrong-name-is-temporary drive --text 'othername a' --expect error:34 $VMN
verify nothing-was-sent-there eval '! grep -q othername "$T/access.log"'
verify no-client-certificate-is-refused drive --text 'nocert a' \
    --expect error:32 $VMN # nginx answers 400
verify client-certificate drive --text 'mycert a' --expect ok $VMN
verify it-was-shown within 2 grep -q 'text=mycert.*CN=client' "$T/access.log"

# sigtran-box shows another certificate: not connected to
stop httpbox
sed -i "s|^bearerbox-ca-file.*|bearerbox-ca-file = $T/client.pem|" \
    "$T/httpbox.conf"
start httpbox2 "$BUILD/gw/httpbox" -v 0 "$T/httpbox.conf"
verify a-false-server-is-told within 5 logged httpbox2 'no TLS: its certificate'
verify and-gets-nothing drive --text 'trusted b' --expect error:34 $VMN
exit $failed
