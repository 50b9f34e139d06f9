package org.precertocsp.responder.admin.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Uses the newest certificate for each new connection. A handshake requests alias, chain and key
/// one after the other, so the previous generation is kept: all three must belong together.
final class CurrentKey extends X509ExtendedKeyManager {
    private final Map<String, Credentials> generations = new ConcurrentHashMap<>();
    private final Handshakes handshakes;
    private volatile int generation;

    CurrentKey(Credentials first, Handshakes handshakes) {
        generations.put(alias(0), first);
        this.handshakes = handshakes;
    }

    synchronized void exchange(Credentials next) {
        generations.put(alias(generation + 1), next);
        generations.remove(alias(generation - 1));
        generation++;
    }

    private static String alias(int generation) {
        return "generation " + generation;
    }

    private @Nullable String aliasFor(String keyType) {
        String alias = alias(generation);
        Credentials now = generations.get(alias);
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
        Credentials known = generations.get(alias);
        return known == null ? null : known.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Credentials known = generations.get(alias);
        return known == null ? null : known.key();
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = aliasFor(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null; // never a client
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
        return null; // never a client
    }
}
