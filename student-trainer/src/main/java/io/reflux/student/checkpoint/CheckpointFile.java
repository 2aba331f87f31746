package io.reflux.student.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reflux.model.file.WholeFile;
import io.reflux.model.step.TrainState;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.ledger.Ledger;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One checkpoint in one file.
 *
 * <p>Layout, little-endian: 8 bytes {@code REFLUXCK}, int32 version, int32 length of the header, the header as JSON in UTF-8,
 * the tensors as float32 in the header's order, the ledger, and the SHA-256 of all bytes before it. An interrupted write
 * leaves the checkpoint before it.
 */
public final class CheckpointFile {
    private static final byte[] MAGIC = "REFLUXCK".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 3;
    private static final int DIGEST_BYTES = 32;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private CheckpointFile() {}

    /**
     * Writes a checkpoint, replacing the one before it.
     *
     * @throws TrainingFailure with code RESOURCE when the file cannot be written
     */
    public static void write(Path file, Checkpoint checkpoint) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            ByteBuffer bytes = encode(checkpoint);
            WholeFile.write(file, out -> out.write(bytes.array(), 0, bytes.limit()));
        } catch (IOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE,
                    "checkpoint " + file + ": cannot be written: " + WholeFile.reason(e),
                    e);
        }
    }

    /**
     * Reads a checkpoint.
     *
     * @throws TrainingFailure with code CHECKPOINT when there is none, or it is damaged or of another version
     */
    public static Checkpoint read(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw failure(file, "absent (expected: the checkpoint of a run, as reflux train writes it)", e);
        } catch (IOException e) {
            throw failure(file, "cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length < MAGIC.length || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
            throw failure(file, "not a checkpoint (expected: a file that begins with REFLUXCK)", null);
        }
        int body = bytes.length - DIGEST_BYTES;
        if (body < MAGIC.length
                || !MessageDigest.isEqual(
                        sha256(ByteBuffer.wrap(bytes, 0, body)), Arrays.copyOfRange(bytes, body, bytes.length))) {
            throw failure(file, "truncated or corrupt (expected: its SHA-256 at the end)", null);
        }
        try {
            return decode(ByteBuffer.wrap(bytes, 0, body).order(ByteOrder.LITTLE_ENDIAN));
        } catch (JacksonException | BufferUnderflowException | IllegalArgumentException e) {
            throw failure(file, "of another version (expected: version " + VERSION + ")", e);
        }
    }

    private static ByteBuffer encode(Checkpoint checkpoint) throws JacksonException {
        List<CheckpointHeader.Entry> entries = new ArrayList<>();
        long floats = 0;
        for (Map.Entry<String, float[]> tensor : checkpoint.state().tensors().entrySet()) {
            entries.add(new CheckpointHeader.Entry(tensor.getKey(), tensor.getValue().length));
            floats += tensor.getValue().length;
        }
        byte[] ledger = checkpoint.ledger().encode();
        byte[] header = JSON.writeValueAsBytes(new CheckpointHeader(
                checkpoint.recipeDigest(),
                checkpoint.teacherDigest(),
                checkpoint.stage(),
                checkpoint.nextStep(),
                checkpoint.partial(),
                checkpoint.history(),
                checkpoint.state().updates(),
                checkpoint.state().pendingBatches(),
                checkpoint.state().pendingPositions(),
                ledger.length,
                entries));
        long size =
                MAGIC.length + 2L * Integer.BYTES + header.length + floats * Float.BYTES + ledger.length + DIGEST_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).putInt(VERSION).putInt(header.length).put(header);
        for (float[] tensor : checkpoint.state().tensors().values()) {
            bytes.asFloatBuffer().put(tensor);
            bytes.position(bytes.position() + tensor.length * Float.BYTES);
        }
        bytes.put(ledger);
        bytes.put(sha256(ByteBuffer.wrap(bytes.array(), 0, bytes.position())));
        return bytes.flip();
    }

    private static Checkpoint decode(ByteBuffer bytes) throws JacksonException {
        bytes.position(MAGIC.length);
        int version = bytes.getInt();
        if (version != VERSION) {
            throw new IllegalArgumentException("version: " + version + " (expected: " + VERSION + ")");
        }
        byte[] json = new byte[bytes.getInt()];
        bytes.get(json);
        CheckpointHeader header = JSON.readValue(new String(json, StandardCharsets.UTF_8), CheckpointHeader.class);
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (CheckpointHeader.Entry entry : header.tensors()) {
            float[] tensor = new float[entry.length()];
            bytes.asFloatBuffer().get(tensor);
            bytes.position(bytes.position() + tensor.length * Float.BYTES);
            tensors.put(entry.name(), tensor);
        }
        byte[] ledger = new byte[header.ledgerBytes()];
        bytes.get(ledger);
        return new Checkpoint(
                header.recipeDigest(),
                header.teacherDigest(),
                header.stage(),
                header.nextStep(),
                header.partial(),
                header.history(),
                new TrainState(tensors, header.updates(), header.pendingBatches(), header.pendingPositions()),
                Ledger.decode(ledger));
    }

    private static byte[] sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: absent (expected: in every JVM)", e);
        }
    }

    private static TrainingFailure failure(Path file, String what, @Nullable Exception cause) {
        return new TrainingFailure(TrainingFailure.Code.CHECKPOINT, "checkpoint " + file + ": " + what, cause);
    }
}
