package org.precertocsp.signer.key;

import java.security.PublicKey;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.precertocsp.signer.key.cryptoki.Cryptoki;
import org.precertocsp.signer.key.cryptoki.CryptokiFailure;

/// A key on a PKCS#11 token. Native calls block their carrier: call it from platform threads.
///
/// A failed signature, and one that does not verify, ends the connection, whatever the token said:
/// which codes mean a dead session differs from vendor to vendor, and connecting anew is cheap. The
/// next call connects: one thread at a time, at most one try a second. A PIN that was refused is
/// read again at each try, and given to the token only once it has changed ([RefusedPins]).
final class Pkcs11Key implements ExplainedKey {
    static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    /// How long a call waits for another thread's try.
    private static final Duration WAIT = Duration.ofSeconds(2);

    private sealed interface State {
        record Connected(TokenConnection connection) implements State {}

        /// @param retryAt of the nanosecond clock
        record Lost(KeyFailure why, long retryAt) implements State {}

        /// Closed.
        record Ended(KeyFailure why) implements State {}
    }

    /// The parts that outlive a connection.
    private record Identity(
            Cryptoki cryptoki, KeySource.Pkcs11 source, PublicKey publicKey, TokenSignature form) {}

    private final Identity identity;
    private final LongSupplier nanoClock;
    private final AtomicReference<State> state;
    private final ReentrantLock connecting = new ReentrantLock();
    private final String computedBy;
    private volatile long lastTry;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Pkcs11Key(Identity identity, TokenConnection connection, LongSupplier nanoClock) {
        this.identity = identity;
        this.nanoClock = nanoClock;
        this.computedBy = connection.computedBy();
        this.state = new AtomicReference<>(new State.Connected(connection));
        this.lastTry = nanoClock.getAsLong() - BETWEEN_TRIES.toNanos();
    }

    static Pkcs11Key open(
            KeySource.Pkcs11 source, KeyConfig config, Optional<SubjectPublicKeyInfo> expected)
            throws KeyFailure {
        return open(source, config, expected, System::nanoTime);
    }

    static Pkcs11Key open(
            KeySource.Pkcs11 source,
            KeyConfig config,
            Optional<SubjectPublicKeyInfo> expected,
            LongSupplier nanoClock)
            throws KeyFailure {
        Cryptoki cryptoki;
        try {
            cryptoki = Cryptoki.use(source.library());
        } catch (CryptokiFailure e) {
            throw failure(source, e);
        }
        boolean done = false;
        try {
            TokenConnection.FoundKey found = found(cryptoki, source);
            Identity identity = identity(cryptoki, source, config, found, expected);
            TokenConnection connection = proven(identity, found);
            done = true;
            return new Pkcs11Key(identity, connection, nanoClock);
        } catch (CryptokiFailure | PinRefused | KeyFailure e) {
            throw failure(source, e);
        } finally {
            if (!done) {
                cryptoki.release();
            }
        }
    }

    @Override
    public PublicKey publicKey() {
        return identity.publicKey();
    }

    @Override
    public SignatureScheme scheme() {
        return identity.form().scheme();
    }

    @Override
    public byte[] sign(byte[] message) throws KeyFailure {
        State now = state.get();
        if (!(now instanceof State.Connected(TokenConnection connection)) || connection.isStale()) {
            now = connect();
        }
        return switch (now) {
            case State.Connected connected -> sign(connected, message);
            case State.Lost(KeyFailure why, _) -> throw again(why);
            case State.Ended(KeyFailure why) -> throw again(why);
        };
    }

    @Override
    public void distrust() {
        if (state.get() instanceof State.Connected connected) {
            lose(
                    connected,
                    new KeyFailure(
                            source() + ": the token returned a signature that does not verify",
                            null));
        }
    }

    @Override
    public String source() {
        return source(identity.source());
    }

    @Override
    public String computedBy() {
        return computedBy;
    }

    /// Does not wait for a thread that hangs in the library.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            leave(ended());
            identity.cryptoki().release();
        }
    }

    private byte[] sign(State.Connected connected, byte[] message) throws KeyFailure {
        try {
            return connected.connection().sign(message);
        } catch (CryptokiFailure e) {
            KeyFailure failure = failure(identity.source(), e);
            if (!e.returnValue().leavesSessionsAlive()) {
                lose(connected, failure);
            }
            throw failure;
        } catch (KeyFailure e) {
            KeyFailure failure = failure(identity.source(), e);
            lose(connected, failure);
            throw failure;
        }
    }

    private void lose(State.Connected connected, KeyFailure why) {
        long retryAt = lastTry + BETWEEN_TRIES.toNanos();
        if (state.compareAndSet(connected, new State.Lost(why, retryAt))) {
            connected.connection().close();
        }
    }

    /// Connects anew unless another thread just has, or it is too early, or it is no use.
    private State connect() throws KeyFailure {
        try {
            if (!connecting.tryLock(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new KeyFailure(source() + ": still connecting to the token", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyFailure(source() + ": interrupted while connecting to the token", e);
        }
        try {
            State now = state.get();
            boolean worthTrying =
                    switch (now) {
                        case State.Connected(TokenConnection connection) -> connection.isStale();
                        case State.Lost(_, long at) -> nanoClock.getAsLong() - at >= 0;
                        case State.Ended _ -> false;
                    };
            if (!worthTrying) {
                return now;
            }
            if (now instanceof State.Connected(TokenConnection stale)) {
                stale.close();
            }
            return leave(attempt());
        } finally {
            connecting.unlock();
        }
    }

    private State attempt() {
        lastTry = nanoClock.getAsLong();
        try {
            return connected();
        } catch (CryptokiFailure | PinRefused | KeyFailure | RuntimeException e) {
            KeyFailure why = failure(identity.source(), e);
            return new State.Lost(why, nanoClock.getAsLong() + BETWEEN_TRIES.toNanos());
        }
    }

    /// A second try follows a restart of the library, where nobody else is using it.
    private State connected() throws CryptokiFailure, KeyFailure, PinRefused {
        Cryptoki cryptoki = identity.cryptoki();
        try {
            return new State.Connected(
                    proven(identity, TokenConnection.find(cryptoki, identity.source())));
        } catch (CryptokiFailure | KeyFailure e) {
            if (!cryptoki.restartIfUnconnected()) {
                throw e;
            }
            return new State.Connected(
                    proven(identity, TokenConnection.find(cryptoki, identity.source())));
        }
    }

    /// As [#connected]: a library that has not noticed that its HSM is back is restarted.
    private static TokenConnection.FoundKey found(Cryptoki cryptoki, KeySource.Pkcs11 source)
            throws CryptokiFailure, KeyFailure, PinRefused {
        try {
            return TokenConnection.find(cryptoki, source);
        } catch (CryptokiFailure | KeyFailure e) {
            if (!cryptoki.restartIfUnconnected()) {
                throw e;
            }
            return TokenConnection.find(cryptoki, source);
        }
    }

    /// Takes the new state and closes what the old one held; a connection that comes after the key
    /// was closed is closed too.
    private State leave(State next) {
        if (state.getAndSet(next) instanceof State.Connected(TokenConnection old)) {
            old.close();
        }
        if (closed.get() && next instanceof State.Connected(TokenConnection late)) {
            late.close();
            state.set(ended());
            return state.get();
        }
        return next;
    }

    private State ended() {
        return new State.Ended(new KeyFailure(source() + " is closed", null));
    }

    private static Identity identity(
            Cryptoki cryptoki,
            KeySource.Pkcs11 source,
            KeyConfig config,
            TokenConnection.FoundKey found,
            Optional<SubjectPublicKeyInfo> expected)
            throws KeyFailure {
        boolean done = false;
        try {
            SubjectPublicKeyInfo info =
                    expected.isPresent() ? expected.get() : found.publicHalfOrThrow();
            SignatureScheme scheme = SchemeChoice.of(info, config);
            SchemeChoice.requireSameKind(
                    "the key with %s on the token".formatted(TokenObjects.name(source.key())),
                    found.kind(),
                    info);
            TokenSignature form =
                    new TokenSignature(
                            scheme,
                            SchemeChoice.modulusOctets(info),
                            SignatureVerifier.of(info, scheme));
            Identity identity = new Identity(cryptoki, source, KeyMaterial.publicKey(info), form);
            done = true;
            return identity;
        } finally {
            if (!done) {
                found.session().close();
            }
        }
    }

    /// Connects and has the key sign once. After a reopening too: a token restored from the wrong
    /// backup must not sign.
    private static TokenConnection proven(Identity identity, TokenConnection.FoundKey found)
            throws CryptokiFailure, KeyFailure {
        boolean done = false;
        TokenConnection connection = null;
        try {
            connection = TokenConnection.to(identity.cryptoki(), found, identity.form());
            byte[] signature = connection.sign(Probe.message());
            if (!Probe.proves(identity.publicKey(), identity.form().scheme(), signature)) {
                throw Probe.notTogether(identity.publicKey(), found.publicHalf());
            }
            done = true;
            return connection;
        } finally {
            if (!done) {
                if (connection != null) {
                    connection.close();
                }
                found.session().close();
            }
        }
    }

    private static String source(KeySource.Pkcs11 source) {
        return "PKCS#11 %s, token %s, key with %s"
                .formatted(
                        source.library(),
                        TokenLogin.name(source.token()),
                        TokenObjects.name(source.key()));
    }

    private static KeyFailure failure(KeySource.Pkcs11 source, Exception cause) {
        return new KeyFailure(source(source) + ": " + cause.getMessage(), cause);
    }

    /// A fresh exception, so that its trace is that of the call it fails.
    private static KeyFailure again(KeyFailure why) {
        return new KeyFailure(String.valueOf(why.getMessage()), why);
    }
}
