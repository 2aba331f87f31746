package io.reflux.student.fleet;

import io.reflux.student.source.SoftLabels;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet says of the canaries, by model. Of the teachers that a fleet begins with, those that agree with most others
 * are believed; the first of several such.
 */
final class Election {
    private final Canary canary;
    private final Map<Teacher, SoftLabels> candidates = new LinkedHashMap<>();
    private final Map<String, SoftLabels> references = new LinkedHashMap<>();
    private @Nullable String modelDigest;

    /** @param modelDigest the only model, or null while any may be it */
    Election(Canary canary, @Nullable String modelDigest) {
        this.canary = canary;
        this.modelDigest = modelDigest;
    }

    Map<Teacher, SoftLabels> candidates() {
        return candidates;
    }

    /** Returns the model of the fleet, null before it is known. */
    @Nullable
    String modelDigest() {
        return modelDigest;
    }

    /** Settles what the fleet says; the candidates can then be judged. */
    void elect() {
        Teacher best = null;
        long most = 0;
        for (Map.Entry<Teacher, SoftLabels> one : candidates.entrySet()) {
            long agreeing = candidates.values().stream()
                    .filter(other -> agree(one.getValue(), other))
                    .count();
            if (agreeing > most) {
                most = agreeing;
                best = one.getKey();
            }
        }
        SoftLabels said = best == null ? null : candidates.get(best);
        if (said != null) {
            modelDigest = said.modelDigest();
            references.put(said.modelDigest(), said);
        }
    }

    private boolean agree(SoftLabels one, SoftLabels other) {
        return one.modelDigest().equals(other.modelDigest())
                && canary.disagreement(one, other).isEmpty();
    }

    /** Returns whether a model's answer is known. */
    boolean knows(String digest) {
        return references.containsKey(digest);
    }

    /** Makes another model the fleet's, which its first answer then speaks for. */
    void change(String digest) {
        modelDigest = digest;
    }

    /** Returns what is wrong with an answer to the canaries, or nothing; the first of a model is right. */
    Optional<String> judge(SoftLabels answer) {
        SoftLabels reference = references.putIfAbsent(answer.modelDigest(), answer);
        return reference == null ? Optional.empty() : canary.disagreement(reference, answer);
    }
}
