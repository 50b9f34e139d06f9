package org.precertocsp.responder.answer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.status.SerialKey;

/// Finds the issuer of a CertID: both hashes must be of one issuer, under one algorithm (CI-09).
///
/// Issuers are sorted by the first bytes of their key's hash, so that one is found from the bytes
/// of a request without allocation (benchmark `CachedAnswer`).
public final class IssuerDirectory {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private record Named(
            long start,
            HashAlgorithm algorithm,
            ByteString name,
            ByteString key,
            ServedIssuer issuer) {
        boolean isAt(HashAlgorithm asked, byte[] source, int nameOffset, int keyOffset) {
            return algorithm == asked
                    && key.areAt(source, keyOffset)
                    && name.areAt(source, nameOffset);
        }
    }

    private final Named[] named;
    private final long[] starts;

    /// @throws IllegalArgumentException if two issuers share name and key
    public IssuerDirectory(Collection<ServedIssuer> served) {
        List<Named> all = new ArrayList<>();
        for (ServedIssuer issuer : served) {
            for (HashAlgorithm algorithm : HashAlgorithm.values()) {
                all.add(named(issuer, algorithm));
            }
        }
        all.sort(Comparator.comparingLong(Named::start));
        this.named = all.toArray(Named[]::new);
        this.starts = all.stream().mapToLong(Named::start).toArray();
        rejectDuplicates(served);
    }

    private static Named named(ServedIssuer issuer, HashAlgorithm algorithm) {
        ByteString key = issuer.key().keyHash(algorithm);
        return new Named(
                (long) LONG.get(key.toArray(), 0),
                algorithm,
                issuer.key().nameHash(algorithm),
                key,
                issuer);
    }

    private static void rejectDuplicates(Collection<ServedIssuer> served) {
        List<ServedIssuer> seen = new ArrayList<>();
        for (ServedIssuer issuer : served) {
            if (seen.stream().anyMatch(other -> other.key().equals(issuer.key()))) {
                throw new IllegalArgumentException("two issuers share " + issuer.key());
            }
            seen.add(issuer);
        }
    }

    /// Empty for an issuer that is not served and for hashes that belong to two different ones.
    public Optional<ServedIssuer> of(CertId certId) {
        HashAlgorithm algorithm = certId.hashAlgorithm();
        byte[] hashes = new byte[2 * algorithm.length()];
        certId.issuerNameHash().copyTo(hashes, 0);
        certId.issuerKeyHash().copyTo(hashes, algorithm.length());
        return Optional.ofNullable(at(algorithm, hashes, 0, algorithm.length()));
    }

    /// Looks up the issuer of every CertID.
    ///
    /// @param arrival when the request was received
    public ResolvedRequest resolve(OcspRequest query, Instant arrival) {
        List<Optional<SerialKey>> serials = new ArrayList<>(query.certIds().size());
        Optional<ServedIssuer> only = Optional.empty();
        boolean several = false;
        for (CertId certId : query.certIds()) {
            Optional<ServedIssuer> issuer = of(certId);
            serials.add(issuer.map(it -> new SerialKey(it.key(), certId.serial())));
            several |= issuer.isPresent() && only.isPresent() && !issuer.get().equals(only.get());
            only = only.isPresent() ? only : issuer;
        }
        return new ResolvedRequest(query, serials, several ? Optional.empty() : only, arrival);
    }

    /// As [#of], for hashes inside an array: null if there is none.
    @Nullable ServedIssuer at(
            HashAlgorithm algorithm, byte[] source, int nameOffset, int keyOffset) {
        long start = (long) LONG.get(source, keyOffset);
        int found = Arrays.binarySearch(starts, start);
        // Of several with the same prefix any may have been found: compare its neighbours as well.
        int first = found;
        while (first > 0 && starts[first - 1] == start) {
            first--;
        }
        for (int i = first; i >= 0 && i < starts.length && starts[i] == start; i++) {
            if (named[i].isAt(algorithm, source, nameOffset, keyOffset)) {
                return named[i].issuer();
            }
        }
        return null;
    }
}
