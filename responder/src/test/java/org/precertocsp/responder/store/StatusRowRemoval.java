package org.precertocsp.responder.store;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// Does to a closed store what no command does: makes it forget a serial, as a lost insert would,
/// or changes a bit of its row.
public final class StatusRowRemoval {
    private StatusRowRemoval() {}

    public static void remove(Path store, BigInteger serial) throws RocksDBException {
        change(store, serial, false);
    }

    public static void flip(Path store, BigInteger serial) throws RocksDBException {
        change(store, serial, true);
    }

    private static void change(Path store, BigInteger serial, boolean flip)
            throws RocksDBException {
        RocksDB.loadLibrary();
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        int status = -1;
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, store.toString())) {
                if (Arrays.equals(name, ColumnFamily.STATUS.diskName())) {
                    status = families.size();
                }
                families.add(new ColumnFamilyDescriptor(name));
            }
        }
        byte[] content = serial.toByteArray();
        byte[] key = new byte[RowKeys.ISSUER_BYTES + content.length];
        key[1] = 1;
        System.arraycopy(content, 0, key, RowKeys.ISSUER_BYTES, content.length);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions();
                RocksDB db = RocksDB.open(options, store.toString(), families, handles)) {
            byte[] value = db.get(handles.get(status), key);
            if (value == null) {
                throw new IllegalArgumentException("there is no serial " + serial.toString(16));
            }
            if (flip) {
                value[value.length - 1] ^= 1;
                db.put(handles.get(status), key, value);
            } else {
                db.delete(handles.get(status), key);
            }
            handles.forEach(ColumnFamilyHandle::close);
        }
    }
}
