package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import com.google.protobuf.UnsafeByteOperations;
import io.reflux.model.file.WholeFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Brings values that lie in files beside the model's into its message, as exporters leave those of large models.
 *
 * <p>A model file is not trusted to name files: only regular files in the model's own folder or below it are opened, and
 * no links, and what is read is as long as type and shape say.
 */
final class ExternalData implements AutoCloseable {

    private final Path folder;
    private final Map<String, FileChannel> channels = new HashMap<>();
    private long total;

    private ExternalData(Path folder, long inside) {
        this.folder = folder;
        this.total = inside;
    }

    /**
     * The model with all of its values inside; the very same where they are already.
     *
     * @param file the model's own file
     * @throws ModelException if a file is missing, is not in the model's folder or is too short, or the values make
     *     2 GiB or more
     */
    static ModelProto embed(ModelProto model, Path file) {
        ModelProto.Builder edited = model.toBuilder();
        try (ExternalData data =
                new ExternalData(file.toAbsolutePath().normalize().getParent(), model.getSerializedSize())) {
            ProtoWalk.tensors(edited.getGraphBuilder(), data::embed);
            return data.channels.isEmpty() ? model : edited.build();
        }
    }

    static boolean isExternal(TensorProto tensor) {
        return tensor.getDataLocation() == DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0;
    }

    private TensorProto embed(TensorProto tensor) {
        if (!isExternal(tensor)) {
            return tensor;
        }
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String label = "initialiser " + tensor.getName() + ": ";
        String location = entries.getOrDefault("location", "");
        long size = TensorProtos.storedBytes(tensor);
        long offset = number(label, entries, "offset", 0);
        long length = number(label, entries, "length", size);
        if (length != size) {
            throw malformed(label + "length " + length + " (expected: " + size + " bytes, as type and shape say)");
        }
        total += size;
        ModelFiles.requireSize(total);
        return tensor.toBuilder()
                .clearExternalData()
                .clearDataLocation()
                .setRawData(UnsafeByteOperations.unsafeWrap(read(label, location, offset, (int) size)))
                .build();
    }

    private static long number(String label, Map<String, String> entries, String key, long whenAbsent) {
        String text = entries.get(key);
        if (text == null) {
            return whenAbsent;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw malformed(label + key + " '" + text + "' (expected: a number of bytes)");
        }
        throw malformed(label + key + " " + text + " (expected: >= 0)");
    }

    private ByteBuffer read(String label, String location, long offset, int size) {
        try {
            FileChannel channel = channels.get(location);
            if (channel == null) {
                channel =
                        FileChannel.open(resolve(label, location), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                channels.put(location, channel);
            }
            if (size > channel.size() - offset) {
                throw malformed(label + size + " bytes from " + offset + " of '" + location + "' (expected: within its "
                        + channel.size() + " bytes)");
            }
            ByteBuffer values = ByteBuffer.allocate(size);
            while (values.hasRemaining()) {
                if (channel.read(values, offset + values.position()) < 0) {
                    throw new EOFException("the file became shorter");
                }
            }
            return values.flip();
        } catch (IOException e) {
            throw new ModelException(
                    ModelException.Code.UNREADABLE,
                    label + "'" + location + "' cannot be read: " + WholeFile.reason(e),
                    e);
        }
    }

    private Path resolve(String label, String location) throws IOException {
        Path file;
        try {
            file = folder.resolve(location).normalize();
        } catch (InvalidPathException e) {
            throw malformed(label + "location '" + location + "' (expected: a file in the model's folder)");
        }
        if (location.isEmpty() || Path.of(location).isAbsolute() || !file.startsWith(folder) || file.equals(folder)) {
            throw malformed(label + "location '" + location + "' (expected: a file in the model's folder)");
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new ModelException(
                    ModelException.Code.UNREADABLE,
                    label + "values in '" + location + "', which is not there (expected: beside the model file)");
        }
        boolean inside = file.toRealPath().equals(folder.toRealPath().resolve(folder.relativize(file)));
        if (!inside || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw malformed(label + "location '" + location + "' (expected: a regular file, no link)");
        }
        return file;
    }

    private static ModelException malformed(String message) {
        return new ModelException(ModelException.Code.MALFORMED, message);
    }

    @Override
    public void close() {
        ModelException failure = null;
        for (FileChannel channel : channels.values()) {
            try {
                channel.close();
            } catch (IOException e) {
                failure = new ModelException(
                        ModelException.Code.UNREADABLE, "values cannot be read: " + WholeFile.reason(e), e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
