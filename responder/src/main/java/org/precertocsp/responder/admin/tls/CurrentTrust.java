package org.precertocsp.responder.admin.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts the client CAs that were loaded last.
final class CurrentTrust extends X509ExtendedTrustManager {
    private final Supplier<X509ExtendedTrustManager> now;
    private final Handshakes handshakes;

    CurrentTrust(Supplier<X509ExtendedTrustManager> now, Handshakes handshakes) {
        this.now = now;
        this.handshakes = handshakes;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        now.get().checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        try {
            now.get().checkClientTrusted(chain, authType, socket);
        } catch (CertificateException e) {
            handshakes.untrusted(socket, chain, e);
            throw e;
        }
        handshakes.trusted(socket, chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        now.get().checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("never a client");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("never a client");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("never a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return now.get().getAcceptedIssuers();
    }
}
