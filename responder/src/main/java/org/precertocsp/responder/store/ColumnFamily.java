package org.precertocsp.responder.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rocksdb.RocksDB;

/// The column families. Numbers in keys are big-endian, so that keys sort as the numbers do.
///
/// | family | key | value |
/// |---|---|---|
/// | META | `schema`, `next source` | a number (4) |
/// | META | `log head ` and the log's ID | [RecordCodec] |
/// | META | `audit commit mark` | [CommitMarkCodec] |
/// | META | `responses read`, `responses swept` | [ReceivedResponses] |
/// | META | `cluster position` | written by [RocksReplica], made by its node |
/// | META | `first start ` and both hashes of the issuer | [RocksStore.ServiceStartTable] |
/// | META | `announced `, issuer number (2), time (8), serial bytes | 01; see [AnnouncementIndex] |
/// | META | `reply of ` and the request's name; `reply until `, time (8) and it | [IdempotencyTable] |
/// | STATUS | issuer number (2), serial bytes | [StatusCodec] |
/// | EVIDENCE | as STATUS | [RecordCodec], oldest first |
/// | CONFLICTS | as STATUS | [RecordCodec], oldest first |
/// | HISTORY | issuer number, length of serial (1), serial, source number (4), ordinal (4) | [RecordCodec] |
/// | SOURCES | source number (4) | [RecordCodec] |
/// | CRL_HEADS | issuer number (2), part | [RecordCodec] |
/// | ISSUERS | SHA-256 of name, SHA-256 of key | issuer number (4) |
/// | RESPONSES | issuer number (2), serial bytes, form (1) | [ResponseCodec] |
/// | TEMPLATES | template number (4) | as the signer encodes it |
/// | RENEWALS | [RenewalQueueKeys] | format (1) |
/// | SIGHTINGS | as STATUS | [RecordCodec] |
///
/// RESPONSES, TEMPLATES and RENEWALS can be lost without harm: they save signatures, and contain no
/// information that is not stored elsewhere. They are written without waiting for the disk.
enum ColumnFamily {
    META("default", 0),
    STATUS("status", 1),
    EVIDENCE("evidence", 2),
    CONFLICTS("conflicts", 3),
    HISTORY("history", 4),
    SOURCES("sources", 5),
    CRL_HEADS("crl heads", 6),
    ISSUERS("issuers", 7),
    RESPONSES("responses", 8),
    TEMPLATES("templates", 9),
    RENEWALS("renewals", 10),
    SIGHTINGS("sightings", 11);

    private static final List<ColumnFamily> ALL = List.of(values());

    private final String text;
    private final byte code;

    ColumnFamily(String text, int code) {
        this.text = text;
        this.code = (byte) code;
    }

    /// Its index among all.
    byte code() {
        return code;
    }

    static ColumnFamily ofCode(byte code) {
        return ALL.get(code);
    }

    /// The name on disk.
    byte[] diskName() {
        return this == META
                ? RocksDB.DEFAULT_COLUMN_FAMILY.clone()
                : text.getBytes(StandardCharsets.UTF_8);
    }

    static Optional<ColumnFamily> ofDiskName(byte[] name) {
        return ALL.stream().filter(family -> Arrays.equals(family.diskName(), name)).findFirst();
    }

    @Override
    public String toString() {
        return text;
    }
}
