package io.reflux.teacher.lookup;

import com.google.protobuf.ByteString;
import io.reflux.teacher.cache.RowKey;
import org.jspecify.annotations.Nullable;

/** Names what a batch's samples are answered with. Thread-safe. */
@FunctionalInterface
public interface SampleKeys {

    /**
     * The name of a sample's output by this model; null for a sample that has none, since it came by value.
     *
     * @param output place of the output among those that the lane asks for
     */
    @Nullable
    RowKey key(int sample, int output, ByteString modelDigest);
}
