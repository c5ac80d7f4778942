/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_tls.h - TLS for a socket that does not block
 *
 * gwlib's own client blocks while it connects and checks no certificate, and
 * so does its server while it accepts.
 * One thread at a time per box_tls; the process must ignore SIGPIPE. Logs
 * nothing: `why' gets the reason, of at most BOX_TLS_WHY octets with its NUL.
 */

#ifndef BOX_TLS_H
#define BOX_TLS_H

#include <stddef.h>

enum { BOX_TLS_WHY = 160 };

struct box_tls_ctx;
struct box_tls;

/*
 * Files are PEM, each "" if there is none. With ca_file the server's
 * certificate must come from there and be for its host name.
 */
struct box_tls_ctx *box_tls_ctx_new(const char *ca_file, const char *cert_file,
                                    const char *key_file,
                                    char why[BOX_TLS_WHY]);
/* The same for a server. With ca_file clients must have a certificate that
 * comes from there. */
struct box_tls_ctx *box_tls_ctx_new_server(const char *ca_file,
                                           const char *cert_file,
                                           const char *key_file,
                                           char why[BOX_TLS_WHY]);
void box_tls_ctx_free(struct box_tls_ctx *ctx);

/* host NULL: of a server. */
struct box_tls *box_tls_new(struct box_tls_ctx *ctx, int fd, const char *host);
void box_tls_free(struct box_tls *t); /* fd stays open */

/* Answers below 1: wait until the socket can be read or written, or: gone. */
enum box_tls_want {
    BOX_TLS_GONE = 0,
    BOX_TLS_WANT_READ = -1,
    BOX_TLS_WANT_WRITE = -2,
};

/* 1: done. */
int box_tls_handshake(struct box_tls *t, char why[BOX_TLS_WHY]);
/* Octets. A write that is repeated must be given the same octets again, though
 * they may have moved. */
long box_tls_read(struct box_tls *t, void *p, size_t n);
long box_tls_write(struct box_tls *t, const void *p, size_t n);

#endif
