// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "./Escrow.sol";
import {IDataTrades} from "./IDataTrades.sol";
import {PublicKey} from "./PublicKey.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Trading contract for sealed personal data; see IDataTrades
/// @notice Holds every open trade's price. Nobody owns or administers it: money leaves only as a trade's rules say.
contract DataTrades is IDataTrades, Escrow {
    /// @notice The longest that any window may be, seconds; bounds how long a price can be locked.
    uint32 public constant MAX_WINDOW = 90 days;
    /// @notice 100 % in basis points.
    uint16 public constant WHOLE = 10_000;

    uint256 private constant MIN_CID_LENGTH = 4;
    uint256 private constant MAX_CID_LENGTH = 128;
    uint256 private constant ENCRYPTED_KEY_LENGTH = 65 + 32 + 16; // HPKE: enc, ciphertext of the key, GCM tag

    struct Application {
        address provider;
        Terms terms;
    }

    struct Seal {
        address owner;
        bytes32 keyCommitment;
        bytes32 contentHash;
        bytes32 cidHash;
    }

    mapping(bytes32 applicationId => Application) private _applications;
    mapping(bytes32 sealId => Seal) private _seals;
    mapping(uint256 tradeId => Trade) private _trades;
    /// @dev A party's proposed `toBuyer` plus one; 0 is no proposal.
    mapping(uint256 tradeId => mapping(address party => uint256)) private _proposals;

    /// @inheritdoc IDataTrades
    uint256 public tradeCount;

    /// @param token_ the ERC-20 in which prices are paid
    constructor(IERC20 token_) Escrow(token_) {}

    /// @inheritdoc IDataTrades
    function commission(bytes calldata cid, Terms calldata terms) external returns (bytes32 applicationId) {
        _checkTerms(terms);
        applicationId = _hashOfCid(cid);
        Application storage app = _applications[applicationId];
        if (app.provider == address(0)) app.provider = msg.sender;
        else if (app.provider != msg.sender) revert NotTheProvider(applicationId, msg.sender);
        app.terms = terms;
        emit Commissioned(applicationId, msg.sender, cid, terms);
    }

    /// @inheritdoc IDataTrades
    function recordSeal(
        bytes32 applicationId,
        bytes32 tag,
        uint64 period,
        bytes32 keyCommitment,
        bytes32 contentHash,
        bytes calldata cid
    ) external returns (bytes32 sealId) {
        if (_applications[applicationId].provider == address(0)) {
            revert UnknownApplication(applicationId);
        }
        sealId = _sealId(applicationId, msg.sender, tag, period);
        if (_seals[sealId].owner != address(0)) revert AlreadySealed(sealId);
        _seals[sealId] = Seal(msg.sender, keyCommitment, contentHash, _hashOfCid(cid));
        emit Sealed(sealId, applicationId, msg.sender, tag, period, keyCommitment, contentHash, cid);
    }

    /// @inheritdoc IDataTrades
    function request(
        bytes32 applicationId,
        address owner,
        bytes32 tag,
        uint64 period,
        bytes calldata publicKey,
        uint128 price,
        Terms calldata expected
    ) external nonReentrant returns (uint256 tradeId) {
        if (price == 0) revert InvalidPrice();
        if (!PublicKey.isValid(publicKey)) revert InvalidPublicKey();
        bytes32 sealId = _sealId(applicationId, owner, tag, period);
        if (_seals[sealId].owner == address(0)) revert UnknownSeal(sealId);

        uint64 answerBy;
        (tradeId, answerBy) = _open(applicationId, owner, sealId, price, expected);
        emit Requested(tradeId, msg.sender, owner, sealId, applicationId, tag, period, publicKey, price, answerBy);
        _take(price);
    }

    /// @inheritdoc IDataTrades
    function respond(uint256 tradeId, bytes calldata encryptedKey, bytes calldata cid) external {
        Trade storage t = _in(tradeId, Status.Requested);
        if (msg.sender != t.owner) revert NotAllowed(tradeId, msg.sender);
        _notAfter(tradeId, t.deadline);
        if (encryptedKey.length != ENCRYPTED_KEY_LENGTH) revert InvalidEncryptedKey();
        if (keccak256(cid) != _seals[t.sealId].cidHash) revert CidMismatch(t.sealId);

        uint64 confirmBy = _fromNow(t.confirmWindow);
        (t.status, t.deadline) = (Status.Answered, confirmBy);
        emit Answered(tradeId, t.buyer, msg.sender, encryptedKey, cid, confirmBy);
    }

    /// @inheritdoc IDataTrades
    function confirm(uint256 tradeId) external nonReentrant {
        Trade storage t = _trades[tradeId];
        if (t.status != Status.Answered && t.status != Status.Disputed) revert WrongStatus(tradeId, t.status);
        if (msg.sender != t.buyer) revert NotAllowed(tradeId, msg.sender);
        _close(tradeId, 0);
    }

    /// @inheritdoc IDataTrades
    function cancel(uint256 tradeId) external nonReentrant {
        Trade storage t = _in(tradeId, Status.Requested);
        if (msg.sender == t.owner) return _close(tradeId, t.price);
        if (msg.sender != t.buyer) revert NotAllowed(tradeId, msg.sender);
        _notAfter(tradeId, t.deadline);

        uint64 answerBy = _fromNow(t.cancelNotice);
        if (answerBy >= t.deadline) answerBy = t.deadline;
        else t.deadline = answerBy;
        emit CancelNoticed(tradeId, answerBy);
    }

    /// @inheritdoc IDataTrades
    function refund(uint256 tradeId) external nonReentrant {
        Trade storage t = _in(tradeId, Status.Requested);
        _after(tradeId, t.deadline);
        _close(tradeId, t.price);
    }

    /// @inheritdoc IDataTrades
    function settle(uint256 tradeId) external nonReentrant {
        Trade storage t = _in(tradeId, Status.Answered);
        _after(tradeId, t.deadline);
        _close(tradeId, 0);
    }

    /// @inheritdoc IDataTrades
    function dispute(uint256 tradeId, bytes calldata evidence) external {
        Trade storage t = _in(tradeId, Status.Answered);
        if (msg.sender != t.buyer) revert NotAllowed(tradeId, msg.sender);
        _notAfter(tradeId, t.deadline);
        if (evidence.length != 0 && evidence.length != 32) revert InvalidEvidence();

        uint64 rulingBy = _fromNow(t.disputeWindow);
        (t.status, t.deadline) = (Status.Disputed, rulingBy);
        emit Disputed(tradeId, msg.sender, t.owner, t.arbiter, evidence, rulingBy);
    }

    /// @inheritdoc IDataTrades
    function proposeSplit(uint256 tradeId, uint128 toBuyer) external nonReentrant {
        Trade storage t = _in(tradeId, Status.Disputed);
        (address buyer, address owner) = (t.buyer, t.owner);
        if (msg.sender != buyer && msg.sender != owner) revert NotAllowed(tradeId, msg.sender);
        if (toBuyer > t.price) revert ExceedsPrice(tradeId, toBuyer);

        mapping(address party => uint256) storage proposals = _proposals[tradeId];
        proposals[msg.sender] = uint256(toBuyer) + 1;
        emit SplitProposed(tradeId, msg.sender, toBuyer);
        if (proposals[buyer] == proposals[owner]) _close(tradeId, toBuyer);
    }

    /// @inheritdoc IDataTrades
    function rule(uint256 tradeId, uint128 toBuyer) external nonReentrant {
        Trade storage t = _in(tradeId, Status.Disputed);
        if (msg.sender != t.arbiter) revert NotAllowed(tradeId, msg.sender);
        _notAfter(tradeId, t.deadline);
        if (toBuyer > t.price) revert ExceedsPrice(tradeId, toBuyer);
        emit Ruled(tradeId, msg.sender, toBuyer);
        _close(tradeId, toBuyer);
    }

    /// @inheritdoc IDataTrades
    function expireDispute(uint256 tradeId) external nonReentrant {
        Trade storage t = _in(tradeId, Status.Disputed);
        _after(tradeId, t.deadline);
        _close(tradeId, t.price);
    }

    /// @inheritdoc IDataTrades
    function trade(uint256 tradeId) external view returns (Trade memory) {
        return _trades[tradeId];
    }

    /// @inheritdoc IDataTrades
    function application(bytes32 applicationId) external view returns (address provider, Terms memory terms) {
        Application storage app = _applications[applicationId];
        return (app.provider, app.terms);
    }

    /// @inheritdoc IDataTrades
    function sealOf(bytes32 sealId)
        external
        view
        returns (address owner, bytes32 keyCommitment, bytes32 contentHash, bytes32 cidHash)
    {
        Seal storage s = _seals[sealId];
        return (s.owner, s.keyCommitment, s.contentHash, s.cidHash);
    }

    /// @inheritdoc IDataTrades
    function token() external view returns (address) {
        return address(_currency);
    }

    /// @dev Writes the trade down with the application's terms of this moment, which must be those that the buyer read.
    function _open(bytes32 applicationId, address owner, bytes32 sealId, uint128 price, Terms calldata expected)
        private
        returns (uint256 tradeId, uint64 answerBy)
    {
        Application storage app = _applications[applicationId];
        if (keccak256(abi.encode(app.terms)) != keccak256(abi.encode(expected))) revert TermsChanged(applicationId);
        tradeId = ++tradeCount;
        answerBy = _fromNow(expected.answerWindow);
        _trades[tradeId] = Trade({
            buyer: msg.sender,
            status: Status.Requested,
            deadline: answerBy,
            owner: owner,
            confirmWindow: expected.confirmWindow,
            disputeWindow: expected.disputeWindow,
            ownerShare: expected.ownerShare,
            provider: app.provider,
            cancelNotice: expected.cancelNotice,
            arbiter: expected.arbiter,
            price: price,
            sealId: sealId
        });
    }

    /// @dev The only way out of escrow: ends the trade for good, then pays `toBuyer` back and the rest by α.
    function _close(uint256 tradeId, uint128 toBuyer) private {
        Trade storage t = _trades[tradeId];
        (address buyer, address owner, address provider) = (t.buyer, t.owner, t.provider);
        uint128 price = t.price;
        uint128 rest = price - toBuyer;
        uint128 toOwner = uint128(uint256(rest) * t.ownerShare / WHOLE); // rounded down; the provider has what remains
        uint128 toProvider = rest - toOwner;
        if (toBuyer == 0) {
            t.status = Status.Paid;
            emit Paid(tradeId, buyer, owner, provider, toOwner, toProvider);
        } else if (toBuyer == price) {
            t.status = Status.Refunded;
            emit Refunded(tradeId, buyer, owner, toBuyer);
        } else {
            t.status = Status.Split;
            emit SplitAgreed(tradeId, buyer, owner, toBuyer, toOwner, toProvider);
        }
        _pay(buyer, toBuyer);
        _pay(owner, toOwner);
        _pay(provider, toProvider);
    }

    function _in(uint256 tradeId, Status status) private view returns (Trade storage t) {
        t = _trades[tradeId];
        if (t.status != status) revert WrongStatus(tradeId, t.status);
    }

    function _fromNow(uint32 window) private view returns (uint64) {
        return uint64(block.timestamp) + window;
    }

    function _notAfter(uint256 tradeId, uint64 deadline) private view {
        if (block.timestamp > deadline) revert TooLate(tradeId, deadline);
    }

    function _after(uint256 tradeId, uint64 deadline) private view {
        if (block.timestamp <= deadline) revert TooEarly(tradeId, deadline);
    }

    function _checkTerms(Terms calldata terms) private pure {
        bool valid = terms.ownerShare <= WHOLE && _isWindow(terms.answerWindow) && _isWindow(terms.cancelNotice)
            && _isWindow(terms.confirmWindow) && _isWindow(terms.disputeWindow)
            && terms.cancelNotice <= terms.answerWindow && terms.arbiter != address(0);
        if (!valid) revert InvalidTerms();
    }

    function _isWindow(uint32 window) private pure returns (bool) {
        return window != 0 && window <= MAX_WINDOW;
    }

    function _hashOfCid(bytes calldata cid) private pure returns (bytes32) {
        if (cid.length < MIN_CID_LENGTH || cid.length > MAX_CID_LENGTH) revert InvalidCid();
        return keccak256(cid);
    }

    function _sealId(bytes32 applicationId, address owner, bytes32 tag, uint64 period) private pure returns (bytes32) {
        return keccak256(abi.encode(applicationId, owner, tag, period));
    }
}
