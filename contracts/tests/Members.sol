// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {HostileToken} from "./HostileToken.sol";
import {Test} from "./Test.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev Conduct with three attestors, of whom two suffice, and short ways to members, statements and trees.
abstract contract Members is Test {
    uint256 internal constant START = 1_795_000_000;
    uint128 internal constant BOND = 100 ether;
    uint128 internal constant DUES = 7 ether;
    uint128 internal constant FINE = 30 ether;
    uint32 internal constant LOCK = 1 hours;
    uint8 internal constant PERMANENT_AFTER = 4;
    uint32 internal constant KEEPING = 7 days;
    uint32 internal constant EPOCH = 1 hours;
    uint32 internal constant COLLECTING = 10 minutes;
    uint32 internal constant POSTING = 20 minutes;
    uint32 internal constant DISPUTING = 30 minutes;
    uint32 internal constant ANSWERING = 15 minutes;
    uint32 internal constant SPEED = 70;
    uint32 internal constant SLACK = 250;
    uint256 internal constant FUNDS = 100_000 ether;
    uint8 internal constant THRESHOLD = 2;
    bytes32 internal constant CONTENT = keccak256("content");
    string internal constant ENDPOINT = "https://member.example:8443/#00";
    /// @dev The generator of P-256 (SEC 2, 2.4.2): a valid point that everybody knows.
    bytes internal constant PUBLIC_KEY = hex"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        hex"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant REQUEST_TYPEHASH = keccak256(
        "ZoneRequest(address requester,bytes32 zone,uint64 time,bytes32 standings,uint32 reputation,uint32 zones,uint8 size,int32 latitude,int32 longitude,uint32 radius)"
    );
    bytes32 internal constant ANSWER_TYPEHASH =
        keccak256("ZoneAnswer(address collaborator,bytes32 request,uint64 time,bytes32 place,bytes32 sealedPlace)");
    bytes32 internal constant PLACE_TYPEHASH = keccak256("Place(int32 latitude,int32 longitude,bytes32 salt)");
    bytes32 internal constant BILL_TYPEHASH =
        keccak256("Bill(address requester,address collaborator,bytes32 answer,uint64 time,bytes32 sealedPlace)");
    bytes32 internal constant DISCLOSURE_TYPEHASH = keccak256(
        "Disclosure(address requester,address receiver,bytes32 answer,Place place)Place(int32 latitude,int32 longitude,bytes32 salt)"
    );
    bytes32 internal constant FORWARD_TYPEHASH =
        keccak256("Forward(address collaborator,address service,bytes32 query,bytes32 payload)");

    HostileToken internal token;
    IConduct internal conduct;
    address internal stranger = _actor("stranger");
    /// @dev Of everybody who signs.
    mapping(address account => uint256) internal keys;
    /// @dev In ascending order, as their signatures have to be.
    address[] internal attestors;
    address[] internal members;

    function setUp() public virtual {
        vm.warp(START);
        token = new HostileToken();
        _openConduct(token);
    }

    function _openConduct(IERC20 currency) internal {
        delete attestors;
        for (uint256 i = 0; i < 3; ++i) {
            address attestor = _signer(string(abi.encodePacked("attestor ", bytes1(uint8(48 + i)))));
            attestors.push(attestor);
            for (uint256 k = i; k > 0 && attestors[k - 1] > attestor; --k) {
                (attestors[k], attestors[k - 1]) = (attestors[k - 1], attestor);
            }
        }
        conduct = _deploy(currency, _rules(), attestors, THRESHOLD);
    }

    /// @dev By its artefact: the contract has compiler settings of its own, which its importers would have to share.
    function _deploy(IERC20 currency, IConduct.Rules memory rules, address[] memory accounts, uint8 threshold)
        internal
        returns (IConduct deployed)
    {
        bytes memory code =
            bytes.concat(vm.getCode("Conduct.sol:Conduct"), abi.encode(currency, rules, accounts, threshold));
        assembly {
            deployed := create(0, add(code, 32), mload(code))
            if iszero(deployed) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function _rules() internal pure returns (IConduct.Rules memory r) {
        (r.bond, r.dues, r.fine, r.lock, r.permanentAfter) = (BOND, DUES, FINE, LOCK, PERMANENT_AFTER);
        (r.keeping, r.epoch, r.collecting, r.posting) = (KEEPING, EPOCH, COLLECTING, POSTING);
        (r.disputing, r.answering, r.speed, r.slack) = (DISPUTING, ANSWERING, SPEED, SLACK);
    }

    function _signer(string memory name) internal returns (address account) {
        uint256 key = uint256(keccak256(bytes(name)));
        account = vm.addr(key);
        keys[account] = key;
        vm.label(account, name);
    }

    function _fund(address account) internal virtual {
        token.mint(account, FUNDS);
        vm.prank(account);
        token.approve(address(conduct), type(uint256).max);
    }

    /// @dev Somebody with money who is no member.
    function _newcomer(string memory name) internal returns (address account) {
        account = _signer(name);
        _fund(account);
    }

    function _newMember(string memory name) internal returns (address member) {
        member = _newcomer(name);
        members.push(member);
        _join(member, BOND, _subject(member));
    }

    function _subject(address account) internal pure returns (bytes32) {
        return keccak256(abi.encode("subject", account));
    }

    function _join(address member, uint128 amount, bytes32 subject) internal {
        bytes[] memory admission = _admission(member, subject);
        vm.prank(member);
        conduct.join(amount, PUBLIC_KEY, ENDPOINT, subject, admission);
    }

    function _admission(address member, bytes32 subject) internal view returns (bytes[] memory) {
        return _attest(keccak256(abi.encode(keccak256("Admission(address member,bytes32 subject)"), member, subject)));
    }

    /// @dev The first two attestors' signatures.
    function _attest(bytes32 structHash) internal view returns (bytes[] memory signatures) {
        signatures = new bytes[](THRESHOLD);
        for (uint256 i = 0; i < THRESHOLD; ++i) {
            signatures[i] = _sign(attestors[i], structHash);
        }
    }

    /// @dev Signatures for `conduct` on this chain.
    function _sign(address signer, bytes32 structHash) internal view returns (bytes memory) {
        return _signDigest(signer, _digest(block.chainid, address(conduct), structHash));
    }

    function _signDigest(address signer, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[signer], digest);
        return abi.encodePacked(r, s, v);
    }

    function _digest(uint256 chain, address verifier, bytes32 structHash) internal pure returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Conduct"), keccak256("1"), chain, verifier));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @dev The standings of all members: number i has reputation reputations[i] and zones[i]. Returns the root.
    function _attestStandings(IConduct.Standing[] memory standings, uint32 least) internal returns (bytes32 root) {
        root = _root(_standingLeaves(standings));
        uint64 number = conduct.attested(conduct.standings()).number + 1;
        bytes32 typeHash =
            keccak256("Attestation(bytes32 root,uint32 members,uint32 least,bytes32 content,uint64 number)");
        uint32 count = uint32(standings.length);
        bytes[] memory signatures = _attest(keccak256(abi.encode(typeHash, root, count, least, CONTENT, number)));
        conduct.attest(root, count, least, CONTENT, signatures);
    }

    function _standingLeaves(IConduct.Standing[] memory standings) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](standings.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = _leaf(keccak256(abi.encode(standings[i])));
        }
    }

    function _billLeaves(IConduct.BillLeaf[] memory bills) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](bills.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = _leaf(keccak256(abi.encode(bills[i])));
        }
    }

    function _leaf(bytes32 dataHash) internal pure returns (bytes32) {
        return keccak256(bytes.concat(dataHash));
    }

    function _root(bytes32[] memory level) internal pure returns (bytes32) {
        while (level.length > 1) {
            level = _up(level);
        }
        return level[0];
    }

    function _proof(bytes32[] memory level, uint256 index) internal pure returns (IConduct.Proof memory proof) {
        proof.index = index;
        bytes32[] memory found = new bytes32[](32);
        uint256 count = 0;
        for (; level.length > 1; level = _up(level)) {
            uint256 sibling = index ^ 1;
            if (sibling < level.length) found[count++] = level[sibling];
            index /= 2;
        }
        proof.siblings = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            proof.siblings[i] = found[i];
        }
    }

    function _up(bytes32[] memory level) private pure returns (bytes32[] memory next) {
        next = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < next.length; ++i) {
            bool single = 2 * i + 1 == level.length;
            next[i] = single ? level[2 * i] : keccak256(abi.encode(level[2 * i], level[2 * i + 1]));
        }
    }

    function _hash(IConduct.ZoneRequest memory request) internal pure returns (bytes32) {
        return keccak256(abi.encode(REQUEST_TYPEHASH, request));
    }

    function _hash(IConduct.ZoneAnswer memory answer) internal pure returns (bytes32) {
        return keccak256(abi.encode(ANSWER_TYPEHASH, answer));
    }

    function _hash(IConduct.Place memory place) internal pure returns (bytes32) {
        return keccak256(abi.encode(PLACE_TYPEHASH, place));
    }

    function _hash(IConduct.Bill memory bill) internal pure returns (bytes32) {
        return keccak256(abi.encode(BILL_TYPEHASH, bill));
    }

    function _hash(IConduct.Disclosure memory d) internal pure returns (bytes32) {
        return keccak256(abi.encode(DISCLOSURE_TYPEHASH, d.requester, d.receiver, d.answer, _hash(d.place)));
    }

    function _hash(IConduct.Forward memory forward) internal pure returns (bytes32) {
        return keccak256(abi.encode(FORWARD_TYPEHASH, forward));
    }

    /// @dev What names a bill.
    function _billDigest(IConduct.Bill memory bill) internal view returns (bytes32) {
        return _digest(block.chainid, address(conduct), _hash(bill));
    }
}
