// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "./Escrow.sol";
import {ICollaboration} from "./ICollaboration.sol";
import {IConduct} from "./IConduct.sol";
import {PublicKey} from "./PublicKey.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title Bonded queries; see ICollaboration
/// @notice Holds the rewards and fees of all open queries. Nobody owns or administers it.
contract Collaboration is ICollaboration, Escrow, EIP712 {
    /// @dev Bounds both windows, in seconds (97 days), and so how long money can be locked.
    uint256 private constant MAX_WINDOW = 2 ** 23;
    uint256 private constant MAX_ENDPOINT = 256;
    bytes32 private constant AGREEMENT_TYPEHASH = keccak256(
        "Agreement(address querier,bytes32 query,address service,uint128 reward,uint128 fee,uint32 answerSeconds,"
        "uint32 confirmSeconds,uint64 validUntil)"
    );

    struct Service {
        bool offered;
        uint128 fee;
    }

    /// @inheritdoc ICollaboration
    address public immutable conduct;
    /// @inheritdoc ICollaboration
    mapping(address account => Service) public serviceOf;

    mapping(bytes32 query => Task) private _tasks;

    /// @param currency_ the ERC-20 in which everything is paid
    /// @param conduct_ says who is locked
    constructor(IERC20 currency_, IConduct conduct_) Escrow(currency_) EIP712("Collaboration", "1") {
        if (address(conduct_).code.length == 0) revert InvalidParameters();
        conduct = address(conduct_);
    }

    /// @inheritdoc ICollaboration
    function offerService(uint128 fee, bytes calldata publicKey, string calldata endpoint) external {
        if (!PublicKey.isValid(publicKey)) revert InvalidPublicKey();
        uint256 length = bytes(endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT) revert InvalidEndpoint(length);
        serviceOf[msg.sender] = Service(true, fee);
        emit ServiceOffered(msg.sender, fee, publicKey, endpoint);
    }

    /// @inheritdoc ICollaboration
    function withdrawService() external {
        if (!serviceOf[msg.sender].offered) revert NotOffered(msg.sender, 0);
        delete serviceOf[msg.sender];
        emit ServiceWithdrawn(msg.sender);
    }

    /// @inheritdoc ICollaboration
    function bond(Terms calldata terms, bytes calldata agreement) external nonReentrant {
        _checkTerms(terms);
        if (block.timestamp > terms.validUntil) revert TooLate(terms.query, terms.validUntil);
        Task storage task = _tasks[terms.query];
        if (task.state != State.None) revert AlreadyBonded(terms.query);
        Service storage service = serviceOf[terms.service];
        if (!service.offered || service.fee != terms.fee) revert NotOffered(terms.service, terms.fee);
        _mustBeUnlocked(msg.sender);
        _mustBeUnlocked(terms.collaborator);
        address signer = _signer(terms, agreement);
        if (signer != terms.collaborator) revert InvalidAgreement(signer);

        uint64 answerBy = _fromNow(terms.answerSeconds);
        (task.state, task.querier, task.deadline) = (State.Bonded, msg.sender, answerBy);
        (task.collaborator, task.confirmSeconds) = (terms.collaborator, terms.confirmSeconds);
        (task.service, task.reward, task.fee) = (terms.service, terms.reward, terms.fee);
        emit Bonded(terms.query, msg.sender, terms, answerBy);
        _take(uint256(terms.reward) + terms.fee);
    }

    /// @inheritdoc ICollaboration
    function answer(bytes32 query, bytes32 result) external nonReentrant {
        Task storage task = _timely(query, State.Bonded);
        _mustCall(task.service);
        if (result == 0) revert InvalidResult();
        uint64 confirmBy = _fromNow(task.confirmSeconds);
        (task.state, task.deadline, task.result) = (State.Answered, confirmBy, result);
        emit Answered(query, msg.sender, result, confirmBy);
        _pay(msg.sender, task.fee);
    }

    /// @inheritdoc ICollaboration
    function confirm(bytes32 query) external nonReentrant {
        Task storage task = _timely(query, State.Answered);
        _mustCall(task.querier);
        _settle(query, task, true);
    }

    /// @inheritdoc ICollaboration
    function settle(bytes32 query) external nonReentrant {
        _settle(query, _overdue(query, State.Answered), false);
    }

    /// @inheritdoc ICollaboration
    function decline(bytes32 query) external nonReentrant {
        Task storage task = _timely(query, State.Bonded);
        _mustCall(task.collaborator);
        emit Declined(query, msg.sender);
        _refund(task, State.Declined);
    }

    /// @inheritdoc ICollaboration
    function expire(bytes32 query) external nonReentrant {
        Task storage task = _overdue(query, State.Bonded);
        emit Expired(query, task.collaborator, task.service);
        _refund(task, State.Expired);
    }

    /// @inheritdoc ICollaboration
    function taskOf(bytes32 query) external view returns (Task memory) {
        return _tasks[query];
    }

    /// @inheritdoc ICollaboration
    function currency() external view returns (address) {
        return address(_currency);
    }

    function _settle(bytes32 query, Task storage task, bool confirmed) private {
        (task.state, task.deadline) = (State.Settled, 0);
        emit Settled(query, task.collaborator, task.reward, confirmed);
        _pay(task.collaborator, task.reward);
    }

    function _refund(Task storage task, State state) private {
        (task.state, task.deadline) = (state, 0);
        _pay(task.querier, uint256(task.reward) + task.fee);
    }

    /// @dev The task, if it is in this state and the state's step has not timed out.
    function _timely(bytes32 query, State state) private view returns (Task storage task) {
        task = _in(query, state);
        if (block.timestamp > task.deadline) revert TooLate(query, task.deadline);
    }

    /// @dev The task, if it is in this state and the state's step has timed out.
    function _overdue(bytes32 query, State state) private view returns (Task storage task) {
        task = _in(query, state);
        if (block.timestamp <= task.deadline) revert TooEarly(query, task.deadline);
    }

    function _in(bytes32 query, State state) private view returns (Task storage task) {
        task = _tasks[query];
        if (task.state != state) revert WrongState(query, task.state);
    }

    function _mustCall(address caller) private view {
        if (msg.sender != caller) revert NotAllowed(msg.sender);
    }

    function _mustBeUnlocked(address account) private view {
        if (!IConduct(conduct).isAllowed(account)) revert Locked(account);
    }

    /// @dev By the caller and the query the agreement is worth something to one account, once.
    function _signer(Terms calldata t, bytes calldata agreement) private view returns (address) {
        bytes32 hash = keccak256(
            abi.encode(
                AGREEMENT_TYPEHASH,
                msg.sender,
                t.query,
                t.service,
                t.reward,
                t.fee,
                t.answerSeconds,
                t.confirmSeconds,
                t.validUntil
            )
        );
        return ECDSA.recover(_hashTypedDataV4(hash), agreement);
    }

    function _fromNow(uint256 window) private view returns (uint64) {
        return uint64(block.timestamp + window);
    }

    function _checkTerms(Terms calldata t) private view {
        bool valid = t.reward != 0 && t.answerSeconds != 0 && t.confirmSeconds != 0
            // A power of two bounds both exactly when it bounds their bitwise or.
            && (t.answerSeconds | t.confirmSeconds) < MAX_WINDOW && msg.sender != t.collaborator
            && msg.sender != t.service && t.collaborator != t.service;
        if (!valid) revert InvalidTerms();
    }
}
