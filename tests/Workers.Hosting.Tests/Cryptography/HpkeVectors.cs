namespace Workers.Hosting.Tests.Cryptography;

/// <summary>One base-mode encryption with sequence number 0, everything in lower-case hex.</summary>
public sealed record HpkeVector(
    string Source, int AeadId, string Info, string EphemeralPrivateKey, string Enc, string RecipientPrivateKey, string RecipientPublicKey, string Aad, string Plaintext, string Ciphertext)
{
    public override string ToString() => Source;
}

/// <summary>Vectors for DHKEM(P-256, HKDF-SHA256) with HKDF-SHA256.</summary>
public static class HpkeVectors
{
    public static TheoryData<HpkeVector> BaseMode() =>
    [
        new HpkeVector(
            "RFC 9180, A.3.1, AES-128-GCM, sequence number 0",
            AeadId: 1,
            Info: "4f6465206f6e2061204772656369616e2055726e",
            EphemeralPrivateKey: "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
            Enc: "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
            RecipientPrivateKey: "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
            RecipientPublicKey: "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
            Aad: "436f756e742d30",
            Plaintext: "4265617574792069732074727574682c20747275746820626561757479",
            Ciphertext: "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434"),
        // The RFC prints no base-mode vector for P-256 with AES-256-GCM; this one comes from an independent implementation.
        new HpkeVector(
            "hpke-js 1.6.1 with the keys of RFC 9180, A.3.1, AES-256-GCM",
            AeadId: 2,
            Info: "4f6465206f6e2061204772656369616e2055726e",
            EphemeralPrivateKey: "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
            Enc: "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
            RecipientPrivateKey: "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
            RecipientPublicKey: "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
            Aad: "436f756e742d30",
            Plaintext: "4265617574792069732074727574682c20747275746820626561757479",
            Ciphertext: "518c46e6810fbc55362f7d5995b0f54339d93664ca44e5c74d0f289c4f7983b4781b193de04ad3319f177244de"),
    ];
}
