package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Encoding;
import io.reflux.teacher.cache.CacheScope;
import org.jspecify.annotations.Nullable;

/** The scopes of a stream's rows of one output: one a model that answers it. Thread-safe. */
final class RowScopes {

    private final int fixedRows;
    private final ViewSource views;
    private final ByteString dataSet;
    private final String output;
    private final int[] positions;
    private final Encoding rows;

    /** The last one asked for; there seldom is another. */
    private volatile @Nullable CacheScope last;

    RowScopes(int fixedRows, ViewSource views, ByteString dataSet, String output, int[] positions, Encoding rows) {
        this.fixedRows = fixedRows;
        this.views = views;
        this.dataSet = dataSet;
        this.output = output;
        this.positions = positions;
        this.rows = rows;
    }

    CacheScope of(ByteString modelDigest) {
        CacheScope known = last;
        if (known != null && known.modelDigest().equals(modelDigest)) {
            return known;
        }
        CacheScope scope =
                CacheScope.of(modelDigest, fixedRows, dataSet, views.augmentation(), output, positions, rows);
        last = scope;
        return scope;
    }
}
