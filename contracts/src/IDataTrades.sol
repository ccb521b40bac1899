// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "./IEscrow.sol";

/// @title Trading contract for sealed personal data (paper 0, Table 1, with escrow, time-outs and disputes)
/// @notice An application is registered by its service provider, who sets the revenue share α. An owner records
/// each sealed period with a commitment to its key. A buyer requests a period with the price in escrow, the owner
/// answers with the period's key sealed to the buyer's key, the buyer confirms, and α of the price goes to the
/// owner, 1−α to the provider. Every price that enters escrow leaves it by exactly one of: payment, refund, split.
interface IDataTrades is IEscrow {
    enum Status {
        None,
        Requested,
        Answered,
        Disputed,
        Paid,
        Refunded,
        Split
    }

    /// @dev Times are seconds, each window from 1 second to 90 days, `cancelNotice` not above `answerWindow`.
    /// `ownerShare` is α in basis points (0..10000). `arbiter` rules disputes and cannot be the zero address.
    struct Terms {
        uint16 ownerShare;
        uint32 answerWindow;
        uint32 cancelNotice;
        uint32 confirmWindow;
        uint32 disputeWindow;
        address arbiter;
    }

    /// @dev The terms are those of the moment of the request; nothing that the provider does later changes them.
    struct Trade {
        address buyer;
        Status status;
        uint64 deadline; // of the current status: answer, confirmation or ruling, that second included
        address owner;
        uint32 confirmWindow;
        uint32 disputeWindow;
        uint16 ownerShare;
        address provider;
        uint32 cancelNotice;
        address arbiter;
        uint128 price;
        bytes32 sealId;
    }

    /// @notice A provider registered an application or changed its terms. Open trades keep the terms of their request.
    event Commissioned(bytes32 indexed applicationId, address indexed provider, bytes cid, Terms terms);
    /// @notice An owner recorded a sealed period: what was uploaded and a commitment to its key.
    event Sealed(
        bytes32 indexed sealId,
        bytes32 indexed applicationId,
        address indexed owner,
        bytes32 tag,
        uint64 period,
        bytes32 keyCommitment,
        bytes32 contentHash,
        bytes cid
    );
    event Requested(
        uint256 indexed tradeId,
        address indexed buyer,
        address indexed owner,
        bytes32 sealId,
        bytes32 applicationId,
        bytes32 tag,
        uint64 period,
        bytes publicKey,
        uint128 price,
        uint64 answerBy
    );
    /// @notice The buyer gave notice: the owner has until `answerBy` to answer, then the price can be refunded.
    event CancelNoticed(uint256 indexed tradeId, uint64 answerBy);
    event Answered(
        uint256 indexed tradeId,
        address indexed buyer,
        address indexed owner,
        bytes encryptedKey,
        bytes cid,
        uint64 confirmBy
    );
    event Paid(
        uint256 indexed tradeId,
        address indexed buyer,
        address indexed owner,
        address provider,
        uint128 toOwner,
        uint128 toProvider
    );
    event Refunded(uint256 indexed tradeId, address indexed buyer, address indexed owner, uint128 toBuyer);
    event Disputed(
        uint256 indexed tradeId,
        address indexed buyer,
        address indexed owner,
        address arbiter,
        bytes evidence,
        uint64 rulingBy
    );
    event SplitProposed(uint256 indexed tradeId, address indexed party, uint128 toBuyer);
    /// @notice The arbiter ruled; how the trade ended says the Paid, Refunded or SplitAgreed that follows.
    event Ruled(uint256 indexed tradeId, address indexed arbiter, uint128 toBuyer);
    /// @notice The price was divided between buyer and sellers, by agreement or by ruling. A division that leaves one
    /// side with nothing is reported as Paid or Refunded instead.
    event SplitAgreed(
        uint256 indexed tradeId,
        address indexed buyer,
        address indexed owner,
        uint128 toBuyer,
        uint128 toOwner,
        uint128 toProvider
    );

    error UnknownApplication(bytes32 applicationId);
    error NotTheProvider(bytes32 applicationId, address caller);
    error InvalidTerms();
    error TermsChanged(bytes32 applicationId);
    error InvalidCid();
    error AlreadySealed(bytes32 sealId);
    error UnknownSeal(bytes32 sealId);
    error InvalidPublicKey();
    error InvalidPrice();
    error InvalidEncryptedKey();
    error InvalidEvidence();
    error CidMismatch(bytes32 sealId);
    error NotAllowed(uint256 tradeId, address caller);
    error WrongStatus(uint256 tradeId, Status status);
    error TooLate(uint256 tradeId, uint64 deadline);
    error TooEarly(uint256 tradeId, uint64 deadline);
    error ExceedsPrice(uint256 tradeId, uint128 amount);

    /// @notice Register the application whose package has this CID, or change its terms (α and windows).
    /// The first caller becomes its provider, for good. applicationId = keccak256(cid).
    /// @dev The chain cannot see who made a package: whoever is first can register another's CID. The package names
    /// its provider's address, and owners and buyers refuse an application whose provider is somebody else.
    /// @param cid the package's binary CID, 4..128 bytes
    function commission(bytes calldata cid, Terms calldata terms) external returns (bytes32 applicationId);

    /// @notice Record a sealed period of the caller. Once per (application, caller, tag, period).
    /// sealId = keccak256(abi.encode(applicationId, owner, tag, period)).
    /// keyCommitment = keccak256(abi.encode(sealId, key)) for the period's 32-byte key; contentHash = SHA-256 of the
    /// SHA-256 digests of the sealed blob's mebibytes. The owner is part of the id, so nobody can take another's place by being first.
    /// @param cid the sealed blob's CID as text, 4..128 bytes
    function recordSeal(
        bytes32 applicationId,
        bytes32 tag,
        uint64 period,
        bytes32 keyCommitment,
        bytes32 contentHash,
        bytes calldata cid
    ) external returns (bytes32 sealId);

    /// @notice Ask for a recorded period. Takes `price` from the caller into escrow.
    /// @param publicKey uncompressed P-256 point of this trade (65 bytes, 0x04 first, on the curve), to which the
    /// owner seals the key
    /// @param price in the token's smallest unit, at least 1
    /// @param expected the terms that the buyer read; reverts with TermsChanged if the provider changed them meanwhile
    function request(
        bytes32 applicationId,
        address owner,
        bytes32 tag,
        uint64 period,
        bytes calldata publicKey,
        uint128 price,
        Terms calldata expected
    ) external returns (uint256 tradeId);

    /// @notice The owner answers with the period's key, sealed to the trade's public key, until the answer deadline.
    /// @param encryptedKey HPKE (RFC 9180, DHKEM(P-256), AES-256-GCM): 65 bytes enc, then 48 bytes ciphertext with tag
    /// @param cid the CID that was recorded with the seal
    function respond(uint256 tradeId, bytes calldata encryptedKey, bytes calldata cid) external;

    /// @notice The buyer confirms: floor(α·price) to the owner, the rest to the provider. Also ends a dispute that the
    /// buyer gives up.
    function confirm(uint256 tradeId) external;

    /// @notice By the owner: declines, refunded at once. By the buyer: notice; the answer deadline moves forward to
    /// now + cancelNotice (never later than it was), so that an answer already under way is not robbed of its price.
    function cancel(uint256 tradeId) external;

    /// @notice After the answer deadline, by anybody: the price goes back to the buyer.
    function refund(uint256 tradeId) external;

    /// @notice After the confirmation deadline, by anybody: as if the buyer had confirmed.
    function settle(uint256 tradeId) external;

    /// @notice The buyer says the answer does not open, until the confirmation deadline; freezes the price.
    /// @param evidence the trade's P-256 private key (32 bytes), with which anybody can open the answer and compare it
    /// with the key commitment; empty when the blob itself cannot be had
    function dispute(uint256 tradeId, bytes calldata evidence) external;

    /// @notice Buyer and owner each propose a split of a disputed price; equal proposals carry it out. What does not go
    /// to the buyer is paid by α.
    function proposeSplit(uint256 tradeId, uint128 toBuyer) external;

    /// @notice The application's arbiter rules until the ruling deadline; `toBuyer` of the price goes back, the rest is paid by α.
    function rule(uint256 tradeId, uint128 toBuyer) external;

    /// @notice No ruling in time, by anybody: the price goes back to the buyer.
    function expireDispute(uint256 tradeId) external;

    function trade(uint256 tradeId) external view returns (Trade memory);
    function application(bytes32 applicationId) external view returns (address provider, Terms memory terms);
    function sealOf(bytes32 sealId)
        external
        view
        returns (address owner, bytes32 keyCommitment, bytes32 contentHash, bytes32 cidHash);
    function tradeCount() external view returns (uint256);
    function token() external view returns (address);
}
