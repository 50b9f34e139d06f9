package org.precertocsp.responder.answer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;

/// An answer chain over fakes: a map for a store, a signer that keeps what it is asked to sign.
final class AnswerChainFixture {
    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    static final IssuerKey ISSUER = issuer("CN=one", "key one");
    static final IssuerKey OTHER = issuer("CN=two", "key two");
    static final IssuerKey FOREIGN = issuer("CN=elsewhere", "key elsewhere");
    static final Serial SERIAL = Serial.ofHex("1234567890abcdef");
    static final Serial STRANGER = Serial.ofHex("7777777777777777");

    final Map<SerialKey, StatusRecord> records = new HashMap<>();
    final ChangeEpochs epochs = new ChangeEpochs();
    final List<ResponseContent> signed = new ArrayList<>();
    final AnswerContext shared;
    private final IssuerDirectory issuers;
    private final AnswerService source;
    private final IssuerProfile profile;
    boolean storeFails;
    Instant now = NOW;
    Optional<SignerUnavailableException.Cause> signerRefuses = Optional.empty();
    Runnable whileSigning = () -> {};

    AnswerChainFixture() {
        this(AnswerConfig.Nonces.IGNORE, AnswerConfig.Unassigned.UNAUTHORIZED);
    }

    AnswerChainFixture(AnswerConfig.Nonces nonces, AnswerConfig.Unassigned unassigned) {
        this(nonces, unassigned, IssuerProfile.TLS);
    }

    AnswerChainFixture(IssuerProfile profile) {
        this(AnswerConfig.Nonces.IGNORE, AnswerConfig.Unassigned.UNAUTHORIZED, profile);
    }

    private AnswerChainFixture(
            AnswerConfig.Nonces nonces, AnswerConfig.Unassigned unassigned, IssuerProfile profile) {
        this.profile = profile;
        issuers = new IssuerDirectory(List.of(served(ISSUER), served(OTHER)));
        AnswerConfig config = new AnswerConfig(nonces, unassigned, Duration.ofSeconds(5), 1 << 20);
        shared =
                new AnswerContext(issuers, reader(), epochs, config, new MonotonicClock(() -> now));
        source =
                new AnswerService(
                        shared,
                        new AnswerCache<>(0, served -> served, _ -> 0),
                        ResponseStore.NONE,
                        Duration.ofSeconds(10),
                        AnswerEvents.NONE);
    }

    Answer ask(CertId... certIds) {
        return ask(new OcspRequest(List.of(certIds), Optional.empty()));
    }

    Answer askWithNonce(int octets, CertId certId) {
        Nonce nonce = new Nonce(ByteString.of(new byte[octets]));
        return ask(new OcspRequest(List.of(certId), Optional.of(nonce)));
    }

    private Answer ask(OcspRequest query) {
        return source.answer(issuers.resolve(query, now));
    }

    /// A request for one certificate for which everything was read.
    ResolvedRequest readAhead(CertId certId) {
        OcspRequest query = new OcspRequest(List.of(certId), Optional.empty());
        ResolvedRequest request = issuers.resolve(query, now);
        source.readAhead(List.of(request));
        return request;
    }

    Answer answer(ResolvedRequest request) {
        return source.answer(request);
    }

    /// The same answers, of a node with a lease.
    ResponseSource leased(AnswerLease lease) {
        return new LeasedAnswers(source, shared, lease);
    }

    ResolvedRequest resolve(CertId... certIds) {
        return issuers.resolve(new OcspRequest(List.of(certIds), Optional.empty()), now);
    }

    static CertId certId(IssuerKey issuer, Serial serial) {
        return issuer.certId(HashAlgorithm.SHA256, DigestParameters.ABSENT, serial);
    }

    static StatusRecord.Assigned good() {
        return new StatusRecord.Assigned(
                AssignedBy.PRECERTIFICATE, Optional.empty(), Optional.empty());
    }

    static StatusRecord.Assigned revoked(Revocation revocation) {
        return new StatusRecord.Assigned(
                AssignedBy.CERTIFICATE, Optional.empty(), Optional.of(revocation));
    }

    private ServedIssuer served(IssuerKey key) {
        return new ServedIssuer(key, profile, Duration.ofDays(2), signer(), PresignMode.NONE);
    }

    private ResponseSigner signer() {
        return content -> {
            if (signerRefuses.isPresent()) {
                throw new SignerUnavailableException(signerRefuses.get(), "as the test wants");
            }
            signed.add(content);
            whileSigning.run();
            return new SignedResponse(
                    ByteString.of((byte) 0x30), content.window().thisUpdate(), content.window());
        };
    }

    private StatusReader reader() {
        return new StatusReader() {
            @Override
            public Optional<StatusRecord> find(SerialKey key) {
                if (storeFails) {
                    throw new StoreException("disk gone", null);
                }
                return Optional.ofNullable(records.get(key));
            }

            @Override
            public StatusDetails dossier(SerialKey key) {
                return new StatusDetails(key, find(key), List.of(), List.of(), List.of());
            }
        };
    }

    private static IssuerKey issuer(String name, String key) {
        return IssuerKey.of(octets(name), octets(key));
    }

    private static ByteString octets(String text) {
        return ByteString.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
