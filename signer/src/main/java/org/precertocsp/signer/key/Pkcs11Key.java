package org.precertocsp.signer.key;

import java.io.IOException;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.signer.pkcs11.Pkcs11Attribute;
import org.precertocsp.signer.pkcs11.Pkcs11Exception;
import org.precertocsp.signer.pkcs11.Pkcs11Library;
import org.precertocsp.signer.pkcs11.Pkcs11Mechanism;
import org.precertocsp.signer.pkcs11.Pkcs11Session;
import org.precertocsp.signer.pkcs11.Pkcs11Token;

/// A key on a PKCS#11 token. Native calls block their carrier thread: call it from platform
/// threads.
///
/// A failed signature, and one that does not verify, ends the connection, whatever the return code:
/// vendors differ in the codes that mean a dead session, and connecting again is cheap. The next
/// call connects: one thread at a time, at most one attempt a second. A PIN that was rejected is
/// read again at each attempt, and sent to the token only once it has changed ([RejectedPins]).
final class Pkcs11Key implements DescribedKey {
    static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    /// How long a call waits for another thread's connection attempt.
    private static final Duration WAIT = Duration.ofSeconds(2);

    private sealed interface State {
        record Connected(TokenConnection connection) implements State {}

        /// @param retryAt of the nanosecond clock
        record Lost(SigningKeyException why, long retryAt) implements State {}

        /// Closed.
        record Ended(SigningKeyException why) implements State {}
    }

    /// The parts that outlive a connection.
    private record Identity(
            Pkcs11Library cryptoki,
            KeySource.Pkcs11 source,
            PublicKey publicKey,
            TokenSignatureDecoder form) {}

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
            throws SigningKeyException {
        return open(source, config, expected, System::nanoTime);
    }

    static Pkcs11Key open(
            KeySource.Pkcs11 source,
            KeyConfig config,
            Optional<SubjectPublicKeyInfo> expected,
            LongSupplier nanoClock)
            throws SigningKeyException {
        Pkcs11Library cryptoki;
        try {
            cryptoki = Pkcs11Library.use(source.library());
        } catch (Pkcs11Exception e) {
            throw failure(source, e);
        }
        boolean done = false;
        try {
            TokenConnection.FoundKey found = found(cryptoki, source);
            Identity identity = identity(cryptoki, source, config, found, expected);
            TokenConnection connection = proven(identity, found);
            done = true;
            return new Pkcs11Key(identity, connection, nanoClock);
        } catch (Pkcs11Exception | PinRejectedException | SigningKeyException e) {
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
    public byte[] sign(byte[] message) throws SigningKeyException {
        State now = state.get();
        if (!(now instanceof State.Connected(TokenConnection connection)) || connection.isStale()) {
            now = connect();
        }
        return switch (now) {
            case State.Connected connected -> sign(connected, message);
            case State.Lost(SigningKeyException why, _) -> throw again(why);
            case State.Ended(SigningKeyException why) -> throw again(why);
        };
    }

    @Override
    public void distrust() {
        if (state.get() instanceof State.Connected connected) {
            lose(
                    connected,
                    new SigningKeyException(
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

    private byte[] sign(State.Connected connected, byte[] message) throws SigningKeyException {
        try {
            return connected.connection().sign(message);
        } catch (Pkcs11Exception e) {
            SigningKeyException failure = failure(identity.source(), e);
            if (!e.returnValue().leavesSessionsAlive()) {
                lose(connected, failure);
            }
            throw failure;
        } catch (SigningKeyException e) {
            SigningKeyException failure = failure(identity.source(), e);
            lose(connected, failure);
            throw failure;
        }
    }

    private void lose(State.Connected connected, SigningKeyException why) {
        long retryAt = lastTry + BETWEEN_TRIES.toNanos();
        if (state.compareAndSet(connected, new State.Lost(why, retryAt))) {
            connected.connection().close();
        }
    }

    /// Connects again unless another thread just has, the last attempt was too recent, or
    /// connecting cannot help.
    private State connect() throws SigningKeyException {
        try {
            if (!connecting.tryLock(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SigningKeyException(source() + ": still connecting to the token", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SigningKeyException(
                    source() + ": interrupted while connecting to the token", e);
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
        } catch (Pkcs11Exception
                | PinRejectedException
                | SigningKeyException
                | RuntimeException e) {
            SigningKeyException why = failure(identity.source(), e);
            return new State.Lost(why, nanoClock.getAsLong() + BETWEEN_TRIES.toNanos());
        }
    }

    /// A second attempt follows a restart of the library, if it has no other user.
    private State connected() throws Pkcs11Exception, SigningKeyException, PinRejectedException {
        Pkcs11Library cryptoki = identity.cryptoki();
        try {
            return new State.Connected(
                    proven(identity, TokenConnection.find(cryptoki, identity.source())));
        } catch (Pkcs11Exception | SigningKeyException e) {
            if (!cryptoki.restartIfUnconnected()) {
                throw e;
            }
            return new State.Connected(
                    proven(identity, TokenConnection.find(cryptoki, identity.source())));
        }
    }

    /// As [#connected], but restarts a library that has not noticed that its HSM is available
    /// again.
    private static TokenConnection.FoundKey found(Pkcs11Library cryptoki, KeySource.Pkcs11 source)
            throws Pkcs11Exception, SigningKeyException, PinRejectedException {
        try {
            return TokenConnection.find(cryptoki, source);
        } catch (Pkcs11Exception | SigningKeyException e) {
            if (!cryptoki.restartIfUnconnected()) {
                throw e;
            }
            return TokenConnection.find(cryptoki, source);
        }
    }

    /// Sets the new state and closes the connection of the old one; a connection made after the key
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
        return new State.Ended(new SigningKeyException(source() + " is closed", null));
    }

    private static Identity identity(
            Pkcs11Library cryptoki,
            KeySource.Pkcs11 source,
            KeyConfig config,
            TokenConnection.FoundKey found,
            Optional<SubjectPublicKeyInfo> expected)
            throws SigningKeyException {
        boolean done = false;
        try {
            SubjectPublicKeyInfo info =
                    expected.isPresent() ? expected.get() : found.publicHalfOrThrow();
            SignatureScheme scheme = SchemeSelection.of(info, config);
            SchemeSelection.requireSameKind(
                    "the key with %s on the token".formatted(TokenObjects.name(source.key())),
                    found.kind(),
                    info);
            TokenSignatureDecoder form =
                    new TokenSignatureDecoder(
                            scheme,
                            SchemeSelection.modulusBytes(info),
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

    /// Connects and makes a test signature. Also after reconnecting: a token restored from the
    /// wrong backup must not sign.
    private static TokenConnection proven(Identity identity, TokenConnection.FoundKey found)
            throws Pkcs11Exception, SigningKeyException {
        boolean done = false;
        TokenConnection connection = null;
        try {
            connection = TokenConnection.to(identity.cryptoki(), found, identity.form());
            byte[] signature = connection.sign(KeyPairProbe.message());
            if (!KeyPairProbe.proves(identity.publicKey(), identity.form().scheme(), signature)) {
                throw KeyPairProbe.notTogether(identity.publicKey(), found.publicHalf());
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

    private static SigningKeyException failure(KeySource.Pkcs11 source, Exception cause) {
        return new SigningKeyException(source(source) + ": " + cause.getMessage(), cause);
    }

    /// A new exception, so that its stack trace is that of the failed call.
    private static SigningKeyException again(SigningKeyException why) {
        return new SigningKeyException(String.valueOf(why.getMessage()), why);
    }

    /// How a token is called for a scheme: with a mechanism that hashes, or with the raw mechanism
    /// and the hash computed here.
    record TokenMechanism(SignatureScheme scheme, Pkcs11Mechanism mechanism, Input input) {
        enum Input {
            MESSAGE,
            HASH,
            /// RFC 8017 §9.2, without the padding.
            DIGEST_INFO
        }

        private static final ByteString NO_PARAMETER = ByteString.of();

        /// The possible mechanisms, the most convenient first; none if tokens do not support the
        /// scheme.
        static List<TokenMechanism> waysTo(SignatureScheme scheme) {
            return switch (scheme) {
                case RSA_PKCS1_SHA256 -> pkcs1(scheme, "SHA256", 0x40);
                case RSA_PKCS1_SHA384 -> pkcs1(scheme, "SHA384", 0x41);
                case RSA_PKCS1_SHA512 -> pkcs1(scheme, "SHA512", 0x42);
                // CK_RSA_PKCS_PSS_PARAMS: hash mechanism, mask generation function, salt length
                case RSA_PSS_SHA256 ->
                        pss(scheme, "SHA256", 0x43, Pkcs11Attribute.ulong(0x250, 2, 32));
                case RSA_PSS_SHA384 ->
                        pss(scheme, "SHA384", 0x44, Pkcs11Attribute.ulong(0x260, 3, 48));
                case RSA_PSS_SHA512 ->
                        pss(scheme, "SHA512", 0x45, Pkcs11Attribute.ulong(0x270, 4, 64));
                case ECDSA_P256_SHA256 -> ecdsa(scheme, "SHA256", 0x1044);
                case ECDSA_P384_SHA384 -> ecdsa(scheme, "SHA384", 0x1045);
                case ECDSA_P521_SHA512 -> ecdsa(scheme, "SHA512", 0x1046);
                case ED25519 ->
                        List.of(way(scheme, "CKM_EDDSA", 0x1057, NO_PARAMETER, Input.MESSAGE));
                case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> List.of();
            };
        }

        /// The bytes that are sent to the token for a message.
        byte[] input(byte[] message) {
            return switch (input) {
                case MESSAGE -> message;
                case HASH -> hash(message);
                case DIGEST_INFO -> digestInfo(hash(message));
            };
        }

        private static List<TokenMechanism> pkcs1(
                SignatureScheme scheme, String hash, long hashing) {
            return List.of(
                    way(scheme, "CKM_" + hash + "_RSA_PKCS", hashing, NO_PARAMETER, Input.MESSAGE),
                    way(scheme, "CKM_RSA_PKCS", 0x1, NO_PARAMETER, Input.DIGEST_INFO));
        }

        private static List<TokenMechanism> pss(
                SignatureScheme scheme, String hash, long hashing, ByteString parameter) {
            return List.of(
                    way(scheme, "CKM_" + hash + "_RSA_PKCS_PSS", hashing, parameter, Input.MESSAGE),
                    way(scheme, "CKM_RSA_PKCS_PSS", 0xd, parameter, Input.HASH));
        }

        private static List<TokenMechanism> ecdsa(
                SignatureScheme scheme, String hash, long hashing) {
            return List.of(
                    way(scheme, "CKM_ECDSA_" + hash, hashing, NO_PARAMETER, Input.MESSAGE),
                    way(scheme, "CKM_ECDSA", 0x1041, NO_PARAMETER, Input.HASH));
        }

        private static TokenMechanism way(
                SignatureScheme scheme, String name, long type, ByteString parameter, Input input) {
            return new TokenMechanism(scheme, new Pkcs11Mechanism(name, type, parameter), input);
        }

        private byte[] hash(byte[] message) {
            return hashAlgorithm().hash(ByteString.of(message)).toArray();
        }

        private byte[] digestInfo(byte[] hash) {
            ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(hashAlgorithm().oid());
            try {
                return new DigestInfo(new AlgorithmIdentifier(oid, DERNull.INSTANCE), hash)
                        .getEncoded("DER");
            } catch (IOException e) {
                throw new IllegalStateException("a DigestInfo always encodes", e);
            }
        }

        private HashAlgorithm hashAlgorithm() {
            return switch (scheme) {
                case RSA_PKCS1_SHA256, RSA_PSS_SHA256, ECDSA_P256_SHA256 -> HashAlgorithm.SHA256;
                case RSA_PKCS1_SHA384, RSA_PSS_SHA384, ECDSA_P384_SHA384 -> HashAlgorithm.SHA384;
                case RSA_PKCS1_SHA512, RSA_PSS_SHA512, ECDSA_P521_SHA512 -> HashAlgorithm.SHA512;
                case ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                        throw new IllegalStateException(scheme + " hashes for itself");
            };
        }
    }

    /// One login to a token, valid until something fails. Thread-safe: each signature uses a
    /// session of its own. Sessions are reused, so their number is the maximum of concurrent
    /// signatures so far.
    static final class TokenConnection implements AutoCloseable {
        /// A private key handle, in the session that found it.
        ///
        /// @param kind algorithm and curve, as far as the token reports them
        record FoundKey(
                Pkcs11Token token,
                Pkcs11Session session,
                long handle,
                Optional<AlgorithmIdentifier> kind,
                Optional<SubjectPublicKeyInfo> publicHalf) {
            SubjectPublicKeyInfo publicHalfOrThrow() throws SigningKeyException {
                return publicHalf.orElseThrow(
                        () ->
                                new SigningKeyException(
                                        "the token does not tell the public key; name its certificate",
                                        null));
            }
        }

        private final Pkcs11Library cryptoki;
        private final FoundKey key;
        private final TokenMechanism mechanism;
        private final TokenSignatureDecoder form;
        private final long generation;
        private final Deque<Pkcs11Session> idle = new ConcurrentLinkedDeque<>();
        private final AtomicBoolean closed = new AtomicBoolean();

        private TokenConnection(
                Pkcs11Library cryptoki,
                FoundKey key,
                TokenMechanism mechanism,
                TokenSignatureDecoder form,
                long generation) {
            this.cryptoki = cryptoki;
            this.key = key;
            this.mechanism = mechanism;
            this.form = form;
            this.generation = generation;
            idle.add(key.session());
        }

        static FoundKey find(Pkcs11Library cryptoki, KeySource.Pkcs11 source)
                throws Pkcs11Exception, SigningKeyException, PinRejectedException {
            Pkcs11Token token = TokenLogin.token(cryptoki, source.token());
            Pkcs11Session session = TokenLogin.login(cryptoki, token, source.pin());
            boolean done = false;
            try {
                TokenObjects objects = new TokenObjects(session);
                long handle = objects.privateKey(source.key());
                FoundKey found =
                        new FoundKey(
                                token,
                                session,
                                handle,
                                objects.kind(handle),
                                objects.publicHalf(handle));
                done = true;
                return found;
            } finally {
                if (!done) {
                    session.close();
                }
            }
        }

        static TokenConnection to(Pkcs11Library cryptoki, FoundKey key, TokenSignatureDecoder form)
                throws SigningKeyException {
            SignatureScheme scheme = form.scheme();
            long generation = cryptoki.generation();
            List<TokenMechanism> ways = TokenMechanism.waysTo(scheme);
            for (TokenMechanism way : ways) {
                if (cryptoki.signsWith(key.token().slot(), way.mechanism().type())) {
                    cryptoki.connected();
                    return new TokenConnection(cryptoki, key, way, form, generation);
                }
            }
            String names =
                    ways.stream()
                            .map(way -> way.mechanism().name())
                            .collect(Collectors.joining(", "));
            throw new SigningKeyException(
                    "token '%s' cannot make %s signatures; wanted: %s"
                            .formatted(
                                    key.token().label(),
                                    scheme,
                                    names.isEmpty()
                                            ? "a PKCS#11 3.2 token, not served yet"
                                            : names),
                    null);
        }

        byte[] sign(byte[] message) throws Pkcs11Exception, SigningKeyException {
            Pkcs11Session session = idle.pollFirst();
            if (session == null) {
                session = cryptoki.openSession(key.token().slot());
            }
            boolean done = false;
            try {
                byte[] made =
                        session.sign(mechanism.mechanism(), key.handle(), mechanism.input(message));
                done = true;
                return form.read(message, made);
            } finally {
                giveBack(session, done);
            }
        }

        /// True if the library has been restarted since; then all sessions of this connection are
        /// invalid.
        boolean isStale() {
            return generation != cryptoki.generation();
        }

        /// The token and the mechanism in readable form.
        String computedBy() {
            return "token of %s (%s)".formatted(key.token().model(), mechanism.mechanism().name());
        }

        /// Closes idle sessions now and busy ones when they are returned.
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                cryptoki.disconnected();
            }
            closeIdle();
        }

        private void giveBack(Pkcs11Session session, boolean usable) {
            if (!usable) {
                session.close(); // it may be in the middle of an operation
                return;
            }
            idle.addFirst(session);
            if (closed.get()) {
                closeIdle();
            }
        }

        private void closeIdle() {
            for (Pkcs11Session session = idle.pollFirst();
                    session != null;
                    session = idle.pollFirst()) {
                session.close();
            }
        }
    }
}
