/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_tls.c - TLS for a socket that does not block
 */

#include "box_tls.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The library's own types, under names of ours. */
struct box_tls_ctx {
    SSL_CTX *ctx;
    bool check;
};

struct box_tls {
    SSL *ssl;
};

static void tell_why(char why[BOX_TLS_WHY], const char *what)
{
    unsigned long err = ERR_peek_error();
    const char *reason = err != 0 ? ERR_reason_error_string(err) : NULL;

    snprintf(why, BOX_TLS_WHY, "%s%s%s", what, reason != NULL ? ": " : "",
             reason != NULL ? reason : "");
    ERR_clear_error();
}

/* A key behind a passphrase is refused; nobody is asked for it. */
static int no_passphrase(char *buf, int size, int writing, void *ctx)
{
    (void)buf, (void)size, (void)writing, (void)ctx;
    return 0;
}

static bool load(SSL_CTX *ctx, const char *ca, const char *cert,
                 const char *key, char why[BOX_TLS_WHY])
{
    if (ca[0] != '\0' && SSL_CTX_load_verify_locations(ctx, ca, NULL) != 1) {
        tell_why(why, "the CA file is not good");
        return false;
    }
    if (cert[0] == '\0')
        return true;
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1) {
        tell_why(why, "the certificate is not good");
        return false;
    }
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1) {
        tell_why(why, "the key is not good or not the certificate's");
        return false;
    }
    return true;
}

static struct box_tls_ctx *ctx_new(const SSL_METHOD *method, const char *ca,
                                   const char *cert, const char *key,
                                   char why[BOX_TLS_WHY])
{
    struct box_tls_ctx *c = calloc(1, sizeof(*c));

    if (c == NULL)
        abort();
    c->ctx = SSL_CTX_new(method);
    if (c->ctx == NULL) {
        tell_why(why, "OpenSSL has no TLS");
        free(c);
        return NULL;
    }
    c->check = ca[0] != '\0';
    SSL_CTX_set_min_proto_version(c->ctx, TLS1_2_VERSION);
    SSL_CTX_set_default_passwd_cb(c->ctx, no_passphrase);
    SSL_CTX_set_mode(c->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(c->ctx,
                       c->check
                           ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
                           : SSL_VERIFY_NONE,
                       NULL);
    if (load(c->ctx, ca, cert, key, why))
        return c;
    box_tls_ctx_free(c);
    return NULL;
}

struct box_tls_ctx *box_tls_ctx_new(const char *ca_file, const char *cert_file,
                                    const char *key_file, char why[BOX_TLS_WHY])
{
    return ctx_new(TLS_client_method(), ca_file, cert_file, key_file, why);
}

struct box_tls_ctx *box_tls_ctx_new_server(const char *ca_file,
                                           const char *cert_file,
                                           const char *key_file,
                                           char why[BOX_TLS_WHY])
{
    static const unsigned char name[] = "box";
    struct box_tls_ctx *c =
        ctx_new(TLS_server_method(), ca_file, cert_file, key_file, why);

    /* without one, clients that resume a session are refused */
    if (c != NULL)
        SSL_CTX_set_session_id_context(c->ctx, name, sizeof(name));
    return c;
}

void box_tls_ctx_free(struct box_tls_ctx *ctx)
{
    if (ctx == NULL)
        return;
    SSL_CTX_free(ctx->ctx);
    free(ctx);
}

/* An address is compared with the addresses of a certificate. */
static bool name_host(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

    if (X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1)
        return true;
    /* SSL_set_tlsext_host_name() would cast the const away. */
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             (void *)(uintptr_t)host);
    return SSL_set1_host(ssl, host) == 1;
}

struct box_tls *box_tls_new(struct box_tls_ctx *ctx, int fd, const char *host)
{
    struct box_tls *t = calloc(1, sizeof(*t));

    if (t == NULL)
        abort();
    t->ssl = SSL_new(ctx->ctx);
    if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1 ||
        (host != NULL && !name_host(t->ssl, host))) {
        ERR_clear_error();
        box_tls_free(t);
        return NULL;
    }
    if (host != NULL)
        SSL_set_connect_state(t->ssl);
    else
        SSL_set_accept_state(t->ssl);
    return t;
}

void box_tls_free(struct box_tls *t)
{
    if (t == NULL)
        return;
    SSL_free(t->ssl);
    free(t);
}

/* What a call that gave `did' waits for. */
static int want(struct box_tls *t, int did)
{
    switch (SSL_get_error(t->ssl, did)) {
    case SSL_ERROR_WANT_READ:
        return BOX_TLS_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
        return BOX_TLS_WANT_WRITE;
    default:
        return BOX_TLS_GONE;
    }
}

int box_tls_handshake(struct box_tls *t, char why[BOX_TLS_WHY])
{
    int did, wants;
    long verified;

    ERR_clear_error();
    did = SSL_do_handshake(t->ssl);
    if (did == 1)
        return 1;
    wants = want(t, did);
    if (wants != BOX_TLS_GONE)
        return wants;
    verified = SSL_get_verify_result(t->ssl);
    if (verified != X509_V_OK)
        snprintf(why, BOX_TLS_WHY, "its certificate: %s",
                 X509_verify_cert_error_string(verified));
    else
        tell_why(why, "no handshake");
    ERR_clear_error();
    return BOX_TLS_GONE;
}

static int limit(size_t n)
{
    return n > INT_MAX ? INT_MAX : (int)n;
}

long box_tls_read(struct box_tls *t, void *p, size_t n)
{
    int did;

    ERR_clear_error();
    did = SSL_read(t->ssl, p, limit(n));
    return did > 0 ? did : want(t, did);
}

long box_tls_write(struct box_tls *t, const void *p, size_t n)
{
    int did;

    ERR_clear_error();
    did = SSL_write(t->ssl, p, limit(n));
    return did > 0 ? did : want(t, did);
}
