package org.precertocsp.responder.admin;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.audit.AuditTrail;

/// A TLS context whose certificates can be replaced while it is in use: existing connections keep
/// theirs, new ones get the new ones. Thread-safe.
///
/// Helidon can replace certificates, too, but reports nothing about handshakes it rejects. The
/// rejected client and the reason must be in the audit log ([HandshakeRefusalRecorder]): only key
/// and trust managers of our own see them, and with these the replacement is two lines.
public final class ReloadableTls {
    private final TlsFiles files;
    private final ReloadableKeyManager key;
    private final SSLContext context;
    private volatile TlsCredentials now;

    private final HandshakeRefusalRecorder handshakes;

    private ReloadableTls(TlsFiles files, TlsCredentials first, HandshakeRefusalRecorder handshakes)
            throws GeneralSecurityException {
        this.handshakes = handshakes;
        this.files = files;
        this.now = first;
        this.key = new ReloadableKeyManager(first, handshakes);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(
                new KeyManager[] {key},
                new TrustManager[] {new ReloadableTrustManager(() -> now.trust(), handshakes)},
                null);
        this.context = new ListenerSslContext(tls);
    }

    /// @param audit records clients rejected in a handshake
    /// @throws TlsConfigException a file cannot be used
    public static ReloadableTls open(TlsFiles files, AuditTrail audit, InstantSource clock)
            throws TlsConfigException {
        try {
            return new ReloadableTls(
                    files, TlsCredentials.read(files), new HandshakeRefusalRecorder(audit, clock));
        } catch (GeneralSecurityException e) {
            throw new TlsConfigException("this Java runtime has no TLS: " + e.getMessage(), e);
        }
    }

    /// Reads the files again.
    ///
    /// @throws TlsConfigException the files cannot be used; the certificates in use stay
    public void reload() throws TlsConfigException {
        TlsCredentials next = TlsCredentials.read(files);
        now = next;
        key.exchange(next);
    }

    /// For the listener only.
    public SSLContext context() {
        return context;
    }

    public TrustedClientCas authorities() {
        return now.authorities();
    }

    /// Expiry of the certificates in use, by description.
    public Map<String, Instant> ends() {
        TlsCredentials used = now;
        Map<String, Instant> ends = new TreeMap<>();
        ends.put(
                "the certificate of the private API",
                used.chain().getFirst().getNotAfter().toInstant());
        used.authorities().ends().forEach((file, end) -> ends.put("the client CA in " + file, end));
        return ends;
    }

    /// Records the clients rejected in handshakes since the last call.
    void recordRejectedHandshakes() {
        handshakes.flush();
    }

    public TlsFiles files() {
        return files;
    }

    /// Uses the newest certificate for each new connection. A handshake requests alias, chain and
    /// key one after the other, so the previous generation is kept: all three must belong together.
    static final class ReloadableKeyManager extends X509ExtendedKeyManager {
        private final Map<String, TlsCredentials> generations = new ConcurrentHashMap<>();
        private final HandshakeRefusalRecorder handshakes;
        private volatile int generation;

        ReloadableKeyManager(TlsCredentials first, HandshakeRefusalRecorder handshakes) {
            generations.put(alias(0), first);
            this.handshakes = handshakes;
        }

        synchronized void exchange(TlsCredentials next) {
            generations.put(alias(generation + 1), next);
            generations.remove(alias(generation - 1));
            generation++;
        }

        private static String alias(int generation) {
            return "generation " + generation;
        }

        private @Nullable String aliasFor(String keyType) {
            String alias = alias(generation);
            TlsCredentials now = generations.get(alias);
            return now != null && now.key().getAlgorithm().equals(keyType) ? alias : null;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            return aliasFor(keyType);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, Socket socket) {
            @Nullable String alias = aliasFor(keyType);
            if (alias != null && socket instanceof SSLSocket tls) {
                // All connections of the listener have such sockets.
                handshakes.begun(tls);
            }
            return alias;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            TlsCredentials known = generations.get(alias);
            return known == null ? null : known.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            TlsCredentials known = generations.get(alias);
            return known == null ? null : known.key();
        }

        @Override
        public String @Nullable [] getServerAliases(
                String keyType, Principal @Nullable [] issuers) {
            String alias = aliasFor(keyType);
            return alias == null ? null : new String[] {alias};
        }

        @Override
        public String @Nullable [] getClientAliases(
                String keyType, Principal @Nullable [] issuers) {
            return null; // never a client
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
            return null; // never a client
        }
    }

    /// Trusts the client CAs that were loaded last.
    static final class ReloadableTrustManager extends X509ExtendedTrustManager {
        private final Supplier<X509ExtendedTrustManager> now;
        private final HandshakeRefusalRecorder handshakes;

        ReloadableTrustManager(
                Supplier<X509ExtendedTrustManager> now, HandshakeRefusalRecorder handshakes) {
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
}
