package org.precertocsp.responder.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.Serial;

/// What Bouncy Castle writes, we read; what we read of damaged requests, Bouncy Castle reads alike.
final class RequestRoundTripTest {
    private final OcspRequestDecoder decoder = new OcspRequestDecoder(new RequestLimits(4));

    @Property(tries = 200)
    @Requirement({"CI-03", "CI-07", "CI-08", "NO-02", "SS-16"})
    void a_request_written_by_bouncy_castle_is_read_back(
            @ForAll("queries") OcspRequest query, @ForAll boolean named) throws IOException {
        assertThat(decoder.decode(encoded(query, named))).isEqualTo(query);
    }

    @Property(tries = 600)
    void a_damaged_request_is_refused_or_read_as_bouncy_castle_reads_it(
            @ForAll("queries") OcspRequest query,
            @ForAll @Size(min = 1, max = 3) List<@IntRange(max = 10_000) Integer> places,
            @ForAll @ByteRange(min = Byte.MIN_VALUE) byte octet)
            throws IOException {
        byte[] der = encoded(query, false);
        for (int place : places) {
            der[place % der.length] ^= octet;
        }

        if (decoder.decode(der) instanceof OcspRequest read) {
            assertThat(ReferenceReader.read(der)).isEqualTo(read);
        }
    }

    @Provide
    Arbitrary<OcspRequest> queries() {
        Arbitrary<Optional<Nonce>> nonces =
                octets(1, Nonce.MAX_BYTES).map(Nonce::new).optional(0.5);
        return Combinators.combine(certIds().list().ofMinSize(1).ofMaxSize(4), nonces)
                .as(OcspRequest::new);
    }

    private static Arbitrary<CertId> certIds() {
        Arbitrary<Serial> serials =
                Arbitraries.bigIntegers()
                        .between(BigInteger.TWO.pow(159).negate(), BigInteger.TWO.pow(160))
                        .filter(number -> number.toByteArray().length <= 20)
                        .map(Serial::of);
        return Arbitraries.of(HashAlgorithm.class)
                .flatMap(
                        algorithm ->
                                Combinators.combine(
                                                Arbitraries.of(DigestParameters.class),
                                                octets(algorithm.length(), algorithm.length()),
                                                octets(algorithm.length(), algorithm.length()),
                                                serials)
                                        .as(
                                                (parameters, name, key, serial) ->
                                                        new CertId(
                                                                algorithm,
                                                                parameters,
                                                                name,
                                                                key,
                                                                serial)));
    }

    private static Arbitrary<ByteString> octets(int min, int max) {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofMinSize(min)
                .ofMaxSize(max)
                .map(ByteString::of);
    }

    private static byte[] encoded(OcspRequest query, boolean named) throws IOException {
        ASN1EncodableVector requests = new ASN1EncodableVector();
        for (CertId id : query.certIds()) {
            requests.add(new Request(certId(id), null));
        }
        GeneralName name = named ? new GeneralName(new X500Name("CN=asker")) : null;
        Extensions extensions = null;
        if (query.nonce().isPresent()) {
            byte[] nonce = query.nonce().get().value().toArray();
            extensions =
                    new Extensions(
                            new Extension(
                                    OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                                    false,
                                    new DEROctetString(nonce).getEncoded()));
        }
        TBSRequest tbs = new TBSRequest(name, new DERSequence(requests), extensions);
        return new OCSPRequest(tbs, null).getEncoded("DER");
    }

    private static CertID certId(CertId id) {
        ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(id.hashAlgorithm().oid());
        AlgorithmIdentifier algorithm =
                id.parameters() == DigestParameters.NULL
                        ? new AlgorithmIdentifier(oid, DERNull.INSTANCE)
                        : new AlgorithmIdentifier(oid);
        return new CertID(
                algorithm,
                new DEROctetString(id.issuerNameHash().toArray()),
                new DEROctetString(id.issuerKeyHash().toArray()),
                new ASN1Integer(id.serial().number()));
    }
}
